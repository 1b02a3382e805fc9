using Emulator.Core.Randomness;
using Emulator.Core.Time;

namespace Emulator.Cluster.Reading;

/// <summary>Chances: <c>1%</c>, <c>0.5%</c>, <c>1/100</c>, <c>0.01</c>, <c>0</c>, <c>1</c>. Read exactly, in lowest
/// terms.</summary>
public static class RatioText
{
    /// <summary>Reads a chance from 0 to 1; more than one, or what needs more than 32 bits, gives false.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ratio ratio)
    {
        ratio = Ratio.Zero;
        Int128 numerator;
        Int128 denominator;
        int slash = text.IndexOf('/');
        if (slash >= 0)
        {
            if (!TryWhole(text[..slash], out numerator) || !TryWhole(text[(slash + 1)..], out denominator))
            {
                return false;
            }
        }
        else
        {
            bool percent = text.EndsWith("%");
            if (!DecimalText.TryFraction(percent ? text[..^1] : text, out numerator, out denominator))
            {
                return false;
            }

            denominator = percent ? denominator * 100 : denominator;
        }

        if (denominator == 0 || numerator > denominator)
        {
            return false;
        }

        Int128 divisor = GreatestCommonDivisor(numerator, denominator);
        if (denominator / divisor > uint.MaxValue)
        {
            return false;
        }

        ratio = new Ratio((uint)(numerator / divisor), (uint)(denominator / divisor));
        return true;
    }

    private static bool TryWhole(ReadOnlySpan<char> text, out Int128 value) => DecimalText.TryScale(text, 1, out value);

    private static Int128 GreatestCommonDivisor(Int128 left, Int128 right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
