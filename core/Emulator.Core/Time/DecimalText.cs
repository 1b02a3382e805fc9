namespace Emulator.Core.Time;

/// <summary>Decimal numbers times a whole scale, without rounding.</summary>
public static class DecimalText
{
    /// <summary>The most digits that are read.</summary>
    private const int DigitsMax = 18;

    /// <summary>Reads <c>12</c>, <c>0.5</c> or <c>.5</c> and multiplies; false where the product is not
    /// whole.</summary>
    public static bool TryScale(ReadOnlySpan<char> text, long scale, out Int128 product)
    {
        product = 0;
        return TryFraction(text, out Int128 numerator, out Int128 denominator)
            && (numerator * scale) % denominator == 0
            && (product = (numerator * scale) / denominator) >= 0;
    }

    /// <summary>Reads a decimal number as a fraction over a power of ten.</summary>
    public static bool TryFraction(ReadOnlySpan<char> text, out Int128 numerator, out Int128 denominator)
    {
        numerator = 0;
        denominator = 1;
        bool afterPoint = false;
        int digits = 0;
        foreach (char c in text)
        {
            if (c == '.' && !afterPoint)
            {
                afterPoint = true;
                continue;
            }

            if (!char.IsAsciiDigit(c) || ++digits > DigitsMax)
            {
                return false;
            }

            numerator = (numerator * 10) + (c - '0');
            denominator = afterPoint ? denominator * 10 : denominator;
        }

        return digits > 0;
    }
}
