using System.Globalization;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>
/// The number of the write that made an object what it is: one counter for the whole API, rising by one each write.
/// </summary>
/// <remarks>
/// 0 is "none given". Kubernetes calls it opaque; here, as with etcd, later writes have greater numbers.
/// </remarks>
public readonly record struct ResourceVersion(long Value) : IComparable<ResourceVersion>
{
    /// <summary>None given.</summary>
    public static readonly ResourceVersion None = new(0);

    /// <summary>Whether one write came before another.</summary>
    public static bool operator <(ResourceVersion left, ResourceVersion right) => left.Value < right.Value;

    /// <summary>Whether one write came after another.</summary>
    public static bool operator >(ResourceVersion left, ResourceVersion right) => left.Value > right.Value;

    /// <summary>Whether one write did not come after another.</summary>
    public static bool operator <=(ResourceVersion left, ResourceVersion right) => left.Value <= right.Value;

    /// <summary>Whether one write did not come before another.</summary>
    public static bool operator >=(ResourceVersion left, ResourceVersion right) => left.Value >= right.Value;

    /// <summary>Reads decimal text; null and empty text are <see cref="None"/>.</summary>
    public static bool TryParse(string? text, out ResourceVersion version)
    {
        version = None;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        bool read = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        version = new ResourceVersion(value);
        return read;
    }

    /// <inheritdoc/>
    public int CompareTo(ResourceVersion other) => Value.CompareTo(other.Value);

    /// <summary>Decimal text.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
