namespace Emulator.Cluster.Reading;

/// <summary>Whether a text is a quantity as the Kubernetes API takes it.</summary>
/// <remarks>Source: apimachinery, api/resource: a decimal number and one of <c>n u m k M G T P E Ki Mi Gi Ti Pi Ei</c>, or
/// an exponent. A sign is not taken here: capacities are not negative.</remarks>
internal static class QuantityText
{
    private static readonly string[] Suffixes =
        ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>Whether the text reads.</summary>
    public static bool IsValid(string text)
    {
        int digits = 0;
        int end = 0;
        bool point = false;
        for (; end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] == '.' && !point)); end++)
        {
            point |= text[end] == '.';
            digits += text[end] == '.' ? 0 : 1;
        }

        string suffix = text[end..];
        bool exponent = suffix.Length > 1 && suffix[0] is 'e' or 'E' && int.TryParse(suffix.AsSpan(1), out _);
        return digits > 0 && (exponent || Array.IndexOf(Suffixes, suffix) >= 0);
    }
}
