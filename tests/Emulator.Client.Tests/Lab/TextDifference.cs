namespace Emulator.Client.Tests.Lab;

/// <summary>Where two lists of lines part, in words that a person can use.</summary>
internal static class TextDifference
{
    private const int Context = 3;
    private const int Shown = 8;

    /// <summary>The lines around the first difference; empty where there is none.</summary>
    public static string Of(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        string[] left = [.. expected];
        string[] right = [.. actual];
        int first = 0;
        while (first < left.Length && first < right.Length && left[first] == right[first])
        {
            first++;
        }

        return first == left.Length && first == right.Length ? ""
            : $"line {first + 1} of {left.Length} expected and {right.Length} seen\n"
                + Lines("  ", left[Math.Max(0, first - Context)..first])
                + Lines("- ", left[first..]) + Lines("+ ", right[first..]);
    }

    private static string Lines(string mark, string[] lines) =>
        string.Concat(lines.Take(Shown).Select(l => $"{mark}{l}\n"));
}
