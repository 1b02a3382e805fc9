using System.Globalization;
using System.Numerics;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>The grammar of quantities: sign, digits with an optional point, suffix; and the canonical form.</summary>
/// <remarks>Source: ParseQuantity and CanonicalizeBytes of k8s.io/apimachinery/pkg/api/resource.</remarks>
internal static class QuantityText
{
    private const long NanosPerUnit = 1_000_000_000;
    private const int ExponentMax = 60; // Beyond it every amount is capped, or rounds to a billionth.
    private const string DecimalSuffixes = "num kMGTPE"; // 10^-9, 10^-6 …; the blank stands for none.
    private const string BinarySuffixes = "KMGTPE";

    public static bool TryParse(string? text, out Int128 nanos, out QuantityFormat format)
    {
        nanos = 0;
        format = QuantityFormat.DecimalSI;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text;
        bool negative = rest[0] == '-';
        rest = rest[0] is '-' or '+' ? rest[1..] : rest;
        int whole = DigitCount(rest);
        ReadOnlySpan<char> digits = rest[..whole];
        rest = rest[whole..];
        ReadOnlySpan<char> fraction = [];
        if (rest.Length > 0 && rest[0] == '.')
        {
            fraction = rest.Slice(1, DigitCount(rest[1..]));
            rest = rest[(1 + fraction.Length)..];
        }

        if (digits.Length + fraction.Length == 0
            || !TrySuffix(rest, out int exponent10, out int exponent1024, out format))
        {
            return false;
        }

        BigInteger number = BigInteger.Parse($"0{digits}{fraction}", NumberStyles.None, CultureInfo.InvariantCulture);
        BigInteger exact = number * BigInteger.Pow(1024, exponent1024);
        BigInteger scaled = DivideAwayFromZero(exact, fraction.Length - exponent10 - 9);
        BigInteger capped = BigInteger.Min(scaled, (BigInteger)long.MaxValue * NanosPerUnit);
        nanos = negative ? -(Int128)capped : (Int128)capped;
        if (format == QuantityFormat.BinarySI && nanos != 0 && Int128.Abs(nanos) < NanosPerUnit)
        {
            format = QuantityFormat.DecimalSI; // Less than one whole unit has no binary suffix.
        }

        return true;
    }

    public static Int128 ToNanos(long value, int scale) => (Int128)DivideAwayFromZero(value, -scale - 9);

    /// <summary>
    /// The number divided by 10 to a power; a negative power multiplies. What is left over counts as one more.
    /// </summary>
    public static BigInteger DivideAwayFromZero(BigInteger number, int power)
    {
        if (power <= 0)
        {
            return number * BigInteger.Pow(10, -power);
        }

        BigInteger quotient = BigInteger.DivRem(number, BigInteger.Pow(10, power), out BigInteger remainder);
        return remainder.IsZero ? quotient : quotient + remainder.Sign;
    }

    public static string Write(Int128 nanos, QuantityFormat format)
    {
        Int128 size = Int128.Abs(nanos);
        if (nanos == 0)
        {
            return "0";
        }

        // Less than 1024, or with a fraction, a binary quantity is written in decimal rather than rounded.
        if (format == QuantityFormat.BinarySI && size >= (Int128)1024 * NanosPerUnit && size % NanosPerUnit == 0)
        {
            return WriteBinary(nanos / NanosPerUnit);
        }

        int exponent = -9;
        while (nanos % 1000 == 0 && (exponent < 18 || format == QuantityFormat.DecimalExponent))
        {
            nanos /= 1000;
            exponent += 3;
        }

        string number = nanos.ToString(CultureInfo.InvariantCulture);
        return exponent == 0 ? number
            : format == QuantityFormat.DecimalExponent ? string.Create(
                CultureInfo.InvariantCulture, $"{number}e{exponent}")
            : number + DecimalSuffixes[(exponent / 3) + 3];
    }

    private static string WriteBinary(Int128 units)
    {
        int steps = 0;
        while (units % 1024 == 0 && steps < BinarySuffixes.Length)
        {
            units /= 1024;
            steps++;
        }

        string number = units.ToString(CultureInfo.InvariantCulture);
        return steps == 0 ? number : $"{number}{BinarySuffixes[steps - 1]}i";
    }

    private static bool TrySuffix(
        ReadOnlySpan<char> suffix, out int exponent10, out int exponent1024, out QuantityFormat format)
    {
        exponent10 = 0;
        exponent1024 = 0;
        format = QuantityFormat.DecimalSI;
        if (suffix.IsEmpty)
        {
            return true;
        }

        if (suffix.Length == 2 && suffix[1] == 'i')
        {
            format = QuantityFormat.BinarySI;
            exponent1024 = BinarySuffixes.IndexOf(suffix[0], StringComparison.Ordinal) + 1;
            return exponent1024 > 0;
        }

        if (suffix.Length == 1)
        {
            int place = DecimalSuffixes.IndexOf(suffix[0], StringComparison.Ordinal);
            exponent10 = (place - 3) * 3;
            return place >= 0 && suffix[0] != ' ';
        }

        format = QuantityFormat.DecimalExponent;
        bool read =
            int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent);
        exponent10 = Math.Clamp(exponent, -ExponentMax, ExponentMax);
        return read && (suffix[0] is 'e' or 'E');
    }

    private static int DigitCount(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
        {
            count++;
        }

        return count;
    }
}
