namespace Emulator.Cluster.Reading;

/// <summary>Names of machines, zones and interfaces.</summary>
internal static class NameText
{
    /// <summary>The longest interface name that Linux takes (IFNAMSIZ - 1).</summary>
    public const int InterfaceLengthMax = 15;

    /// <summary>What to write when <see cref="IsLabel"/> is false.</summary>
    public const string LabelCure =
        "is not a name; write at most 63 of a-z, 0-9 and -, with a letter or digit at both ends.";

    /// <summary>What to write when <see cref="IsInterface"/> is false.</summary>
    public const string InterfaceCure = "is not an interface name; write 1 to 15 characters without spaces and /.";

    /// <summary>Whether a text is a label of RFC 1123.</summary>
    public static bool IsLabel(string name) => name.Length is > 0 and <= 63
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-'
            && name[^1] != '-';

    /// <summary>Whether Linux would take a text as an interface's name.</summary>
    public static bool IsInterface(string name) =>
        name.Length is > 0 and <= InterfaceLengthMax && name is not ("." or "..")
            && !name.Any(c => c is '/' or ':' || char.IsWhiteSpace(c));
}
