namespace Emulator.Client.Output;

/// <summary>Orders names as people do: node-2 before node-10.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    /// <summary>The only one.</summary>
    public static readonly NaturalOrder Comparer = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        (string left, string right) = (x ?? "", y ?? "");
        int a = Digits(left);
        int b = Digits(right);
        bool same = a > 0 && b > 0 && left.AsSpan(0, left.Length - a).SequenceEqual(right.AsSpan(0, right.Length - b));
        return same && a != b ? a.CompareTo(b) : string.CompareOrdinal(left, right);
    }

    private static int Digits(string name) => name.Reverse().TakeWhile(char.IsAsciiDigit).Count();
}
