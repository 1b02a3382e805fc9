namespace Emulator.Cluster.Reading;

/// <summary>Finds the known name that a person probably meant.</summary>
public static class NearestName
{
    /// <summary>
    /// The known name with the least edit distance (upper and lower case count as equal), the first of equals; null
    /// when
    /// more than a third of the letters, and more than two, would have to change.
    /// </summary>
    public static string? Of(string name, IReadOnlyList<string> known)
    {
        string? nearest = null;
        int least = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < least)
            {
                (nearest, least) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>The cure for an unknown name: the nearest, or all that are known.</summary>
    public static string Cure(string name, IReadOnlyList<string> known) => Of(name, known) is string nearest
        ? $"did you mean {nearest}?"
        : $"known are {string.Join(", ", known)}.";

    private static int Distance(string left, string right)
    {
        // Source: Wagner and Fischer, "The string-to-string correction problem", 1974; two rows.
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
