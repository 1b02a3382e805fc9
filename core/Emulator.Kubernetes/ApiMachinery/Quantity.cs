using System.Numerics;
using Emulator.Core.Randomness;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>Which family of suffixes a quantity is written with.</summary>
public enum QuantityFormat : byte
{
    /// <summary>n u m k M G T P E: powers of 1000.</summary>
    DecimalSI,

    /// <summary>Ki Mi Gi Ti Pi Ei: powers of 1024.</summary>
    BinarySI,

    /// <summary>e3, e6 …: powers of ten written out.</summary>
    DecimalExponent,
}

/// <summary>An amount of a resource, exact to a billionth: <c>500m</c>, <c>1.5Gi</c>, <c>2e3</c>.</summary>
/// <remarks>
/// Source: resource.Quantity of k8s.io/apimachinery. What is finer than a billionth is rounded away from zero; what
/// was read is capped at 2^63 − 1 whole units either way. Two quantities of one amount are equal whatever their
/// format. Left out: sums and products beyond about 1.7e29 whole units throw <see cref="OverflowException"/>
/// (Kubernetes goes on in arbitrary precision).
/// </remarks>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private const long NanosPerUnit = 1_000_000_000;
    private readonly Int128 _nanos;

    private Quantity(Int128 nanos, QuantityFormat format)
    {
        _nanos = nanos;
        Format = format;
    }

    /// <summary>Nothing.</summary>
    public static readonly Quantity Zero = default;

    /// <summary>How it is written.</summary>
    public QuantityFormat Format { get; }

    /// <summary>Whether it is nothing.</summary>
    public bool IsZero => _nanos == 0;

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => Int128.Sign(_nanos);

    /// <summary>Whole units, rounded up and kept inside 64 bits.</summary>
    public long Value => ScaledValue(0);

    /// <summary>Thousandths, rounded up and kept inside 64 bits: CPU is counted so.</summary>
    public long MilliValue => ScaledValue(-3);

    /// <summary>The amount in billionths, exact.</summary>
    public Int128 Nanos => _nanos;

    /// <summary>A number of billionths.</summary>
    public static Quantity FromNanos(Int128 nanos, QuantityFormat format = QuantityFormat.DecimalSI) =>
        new(nanos, format);

    /// <summary>A number of whole units.</summary>
    public static Quantity FromUnits(long units, QuantityFormat format = QuantityFormat.DecimalSI) =>
        new((Int128)units * NanosPerUnit, format);

    /// <summary>A number of thousandths.</summary>
    public static Quantity FromMilli(long milli, QuantityFormat format = QuantityFormat.DecimalSI) =>
        new((Int128)milli * 1_000_000, format);

    /// <summary>
    /// A number of units of 10 to the power <paramref name="scale"/>, from −9 up; finer is rounded away from zero.
    /// </summary>
    public static Quantity FromScaled(long value, int scale) =>
        new(QuantityText.ToNanos(value, scale), QuantityFormat.DecimalSI);

    /// <summary>Reads a quantity.</summary>
    public static bool TryParse(string? text, out Quantity quantity)
    {
        bool read = QuantityText.TryParse(text, out Int128 nanos, out QuantityFormat format);
        quantity = new Quantity(nanos, format);
        return read;
    }

    /// <summary>Reads a quantity.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Quantity Parse(string text) => TryParse(text, out Quantity quantity)
        ? quantity
        : throw new FormatException(
            $"'{text}' is not a quantity; write a number with an optional suffix, such as 500m, 2, 1.5Gi or 1e3.");

    /// <summary>
    /// The amount in units of 10 to the power <paramref name="scale"/>, rounded up (away from zero), kept in 64 bits.
    /// </summary>
    public long ScaledValue(int scale)
    {
        BigInteger scaled = QuantityText.DivideAwayFromZero((BigInteger)_nanos, scale + 9);
        return (long)BigInteger.Clamp(scaled, long.MinValue, long.MaxValue);
    }

    /// <summary>The amount rounded away from zero to a multiple of 10 to the power <paramref name="scale"/>.</summary>
    /// <param name="scale">−9 and up.</param>
    /// <param name="exact">Whether nothing was lost.</param>
    public Quantity RoundUp(int scale, out bool exact)
    {
        BigInteger unit = BigInteger.Pow(10, Math.Max(0, scale + 9));
        var rounded = (Int128)(QuantityText.DivideAwayFromZero((BigInteger)_nanos, scale + 9) * unit);
        exact = scale + 9 <= 0 || rounded == _nanos;
        return new Quantity(scale + 9 <= 0 ? _nanos : rounded, Format);
    }

    /// <summary>The sum, written as the left one is; as the right one where the left is nothing.</summary>
    public static Quantity operator +(Quantity left, Quantity right) =>
        new(checked(left._nanos + right._nanos), left.IsZero ? right.Format : left.Format);

    /// <summary>The difference, written as the left one is; as the right one where the left is nothing.</summary>
    public static Quantity operator -(Quantity left, Quantity right) =>
        new(checked(left._nanos - right._nanos), left.IsZero ? right.Format : left.Format);

    /// <summary>The opposite.</summary>
    public static Quantity operator -(Quantity quantity) => new(-quantity._nanos, quantity.Format);

    /// <summary>The amount taken several times.</summary>
    public static Quantity operator *(Quantity quantity, long factor) =>
        new(checked(quantity._nanos * factor), quantity.Format);

    /// <summary>Whether two amounts are the same.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left._nanos == right._nanos;

    /// <summary>Whether two amounts differ.</summary>
    public static bool operator !=(Quantity left, Quantity right) => left._nanos != right._nanos;

    /// <summary>Whether one is less.</summary>
    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    /// <summary>Whether one is more.</summary>
    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    /// <summary>Whether one is not more.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    /// <summary>Whether one is not less.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    /// <inheritdoc/>
    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    /// <inheritdoc/>
    public bool Equals(Quantity other) => _nanos == other._nanos;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)StableHash.Combine((ulong)(_nanos >> 64), (ulong)_nanos);

    /// <summary>The canonical text: no fraction, the largest suffix that keeps it exact.</summary>
    public override string ToString() => QuantityText.Write(_nanos, Format);
}
