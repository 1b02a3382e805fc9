using System.Numerics;

namespace Emulator.Linux.Netfilter;

/// <summary>An exact chance: a ratio of whole numbers of any size, in lowest terms.</summary>
public readonly record struct Fraction : IComparable<Fraction>
{
    private readonly BigInteger _denominatorLessOne;

    private Fraction(BigInteger numerator, BigInteger denominator)
    {
        Numerator = numerator;
        _denominatorLessOne = denominator - 1;
    }

    /// <summary>Nothing.</summary>
    public static readonly Fraction Zero = new(0, 1);

    /// <summary>The whole.</summary>
    public static readonly Fraction One = new(1, 1);

    /// <summary>The upper number.</summary>
    public BigInteger Numerator { get; }

    /// <summary>The lower number, at least 1.</summary>
    public BigInteger Denominator => _denominatorLessOne + 1;

    /// <summary>The fraction in lowest terms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The denominator is not above zero.</exception>
    public static Fraction Of(BigInteger numerator, BigInteger denominator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominator);
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return new Fraction(numerator / divisor, denominator / divisor);
    }

    /// <summary>The product.</summary>
    public static Fraction operator *(Fraction left, Fraction right)
    {
        // Both are in lowest terms, so only across can there be common factors: small ones, found cheaply.
        BigInteger a = BigInteger.GreatestCommonDivisor(left.Numerator, right.Denominator);
        BigInteger b = BigInteger.GreatestCommonDivisor(right.Numerator, left.Denominator);
        return new Fraction(
            left.Numerator / a * (right.Numerator / b), left.Denominator / b * (right.Denominator / a));
    }

    /// <summary>The sum.</summary>
    public static Fraction operator +(Fraction left, Fraction right) => Of(
        (left.Numerator * right.Denominator) + (right.Numerator * left.Denominator),
        left.Denominator * right.Denominator);

    /// <inheritdoc/>
    public int CompareTo(Fraction other) =>
        (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>The fraction as <c>1/3</c>.</summary>
    public override string ToString() => $"{Numerator}/{Denominator}";
}
