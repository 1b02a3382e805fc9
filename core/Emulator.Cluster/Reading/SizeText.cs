using Emulator.Core.Time;

namespace Emulator.Cluster.Reading;

/// <summary>Sizes as <c>tc</c> writes them: <c>3000</c>, <c>32kb</c>, <c>1mb</c>, <c>32kbit</c>; k is 1,024.</summary>
public static class SizeText
{
    private static readonly (string Unit, long Bytes, long Over)[] Units =
    [
        ("kbit", 1_024, 8), ("mbit", 1_048_576, 8), ("gbit", 1_073_741_824, 8), ("kb", 1_024, 1), ("mb", 1_048_576, 1),
        ("gb", 1_073_741_824, 1), ("k", 1_024, 1), ("m", 1_048_576, 1), ("g", 1_073_741_824, 1), ("b", 1, 1),
        ("", 1, 1),
    ];

    /// <summary>Reads whole bytes, up to 4 GiB.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        foreach ((string unit, long scale, long over) in Units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                bool read = DecimalText.TryScale(text[..^unit.Length], scale, out Int128 scaled)
                    && scaled % over == 0 && scaled / over <= uint.MaxValue;
                bytes = read ? (long)(scaled / over) : 0;
                return read;
            }
        }

        return false;
    }
}
