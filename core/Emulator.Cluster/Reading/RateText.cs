using Emulator.Core.Time;

namespace Emulator.Cluster.Reading;

/// <summary>Rates as <c>tc</c> writes them: <c>10Gbit</c>, <c>100Mbit</c>, <c>9600bit</c>; decimal units.</summary>
public static class RateText
{
    private static readonly (string Unit, long BitsPerSecond)[] Units =
    [
        ("Tbit", 1_000_000_000_000), ("Gbit", 1_000_000_000), ("Mbit", 1_000_000), ("Kbit", 1_000), ("kbit", 1_000),
        ("bit", 1),
    ];

    /// <summary>The highest rate: 400 Tbit a second.</summary>
    public const long BitsPerSecondMax = 400_000_000_000_000;

    /// <summary>Reads a rate above zero, or <c>unlimited</c> as 0.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bitsPerSecond)
    {
        bitsPerSecond = 0;
        if (text is "unlimited")
        {
            return true;
        }

        foreach ((string unit, long scale) in Units)
        {
            if (text.EndsWith(unit))
            {
                bool read = DecimalText.TryScale(text[..^unit.Length], scale, out Int128 rate)
                    && rate > 0 && rate <= BitsPerSecondMax;
                bitsPerSecond = read ? (long)rate : 0;
                return read;
            }
        }

        return false;
    }
}
