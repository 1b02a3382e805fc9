using Emulator.Core.Randomness;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>An amount, or a share of what there is: <c>100Mi</c> or <c>10%</c>.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction/api/types.go. Shares are exact to a millionth, where upstream has a
/// 32-bit float.</remarks>
public readonly struct ThresholdValue : IEquatable<ThresholdValue>
{
    private const long Million = 1_000_000;
    private readonly Quantity _amount;
    private readonly long? _millionths;

    /// <summary>An amount.</summary>
    public ThresholdValue(Quantity amount) => _amount = amount;

    private ThresholdValue(long millionths) => _millionths = millionths;

    /// <summary>Its share in millionths; null for an amount.</summary>
    public long? Millionths => _millionths;

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => _millionths is { } share ? Math.Sign(share) : _amount.Sign;

    /// <summary>Reads an amount or a percentage; both may be negative.</summary>
    public static bool TryParse(string text, out ThresholdValue value)
    {
        value = default;
        if (!text.EndsWith('%'))
        {
            bool isAmount = Quantity.TryParse(text, out Quantity amount);
            value = new ThresholdValue(amount);
            return isAmount;
        }

        if (!TryPercent(text, out long millionths))
        {
            return false;
        }

        value = new ThresholdValue(millionths);
        return true;
    }

    /// <summary>Reads a percentage: <c>25.5%</c> is 255,000 millionths; finer than a millionth is cut off.</summary>
    public static bool TryPercent(string text, out long millionths)
    {
        millionths = 0;
        if (!text.EndsWith('%') || !Quantity.TryParse(text[..^1], out Quantity number) || char.IsLetter(text[^2]))
        {
            return false;
        }

        millionths = (long)(number.Nanos / 100_000);
        return true;
    }

    /// <summary>The amount, of a capacity where this is a share.</summary>
    public Quantity Of(Quantity capacity) => _millionths is { } share
        ? Quantity.FromUnits((long)((Int128)capacity.Value * share / Million), QuantityFormat.BinarySI)
        : _amount;

    /// <inheritdoc/>
    public bool Equals(ThresholdValue other) => _millionths == other._millionths && _amount == other._amount;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ThresholdValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        (int)StableHash.Combine((ulong)(_millionths ?? -1), (ulong)_amount.Value);

    /// <inheritdoc/>
    public override string ToString() => _millionths is { } share
        ? $"{share / 10_000}{Fraction(share % 10_000)}%"
        : _amount.ToString();

    private static string Fraction(long tenThousandths) => tenThousandths == 0
        ? ""
        : "." + Math.Abs(tenThousandths).ToString("D4", System.Globalization.CultureInfo.InvariantCulture).TrimEnd('0');
}
