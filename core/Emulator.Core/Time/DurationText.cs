namespace Emulator.Core.Time;

/// <summary>Durations as Go and Kubernetes write them: <c>500us</c>, <c>0.5ms</c>, <c>1m30s</c>. Read exactly, to the
/// nanosecond.</summary>
public static class DurationText
{
    private static readonly (string Unit, long Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];

    /// <summary>
    /// Reads one or more of number and unit (<c>ns us µs ms s m h</c>); <c>0</c> needs no unit. Signs, fractions of a
    /// nanosecond
    /// and more than 292 years give false.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SimDuration duration)
    {
        duration = SimDuration.Zero;
        if (text is "0")
        {
            return true;
        }

        Int128 total = 0;
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.'))
            {
                i++;
            }

            ReadOnlySpan<char> number = text[start..i];
            start = i;
            while (i < text.Length && char.IsLetter(text[i]))
            {
                i++;
            }

            if (!TryScale(number, text[start..i], out Int128 part))
            {
                return false;
            }

            total += part;
            if (total > long.MaxValue)
            {
                return false;
            }
        }

        duration = new SimDuration((long)total);
        return text.Length > 0;
    }

    private static bool TryScale(ReadOnlySpan<char> number, ReadOnlySpan<char> unit, out Int128 nanoseconds)
    {
        nanoseconds = 0;
        foreach ((string name, long scale) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                return DecimalText.TryScale(number, scale, out nanoseconds);
            }
        }

        return false;
    }
}
