namespace Emulator.Core.Addresses;

/// <summary>A block of addresses: a prefix and its length of 0 to 32 bits. Host bits are zero.</summary>
/// <remarks>Source: RFC 4632.</remarks>
public readonly record struct Cidr : IComparable<Cidr>
{
    /// <summary>The block that holds <paramref name="address"/>; host bits are cleared.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not 0 to 32.</exception>
    public Cidr(IPv4Address address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 32);
        Length = (byte)length;
        Address = new IPv4Address(address.Value & MaskOf(length));
    }

    /// <summary>0.0.0.0/0.</summary>
    public static readonly Cidr All = new(IPv4Address.Any, 0);

    /// <summary>The first address of the block.</summary>
    public IPv4Address Address { get; }

    /// <summary>The prefix length, 0 to 32 bits.</summary>
    public byte Length { get; }

    /// <summary>The netmask as a 32-bit number.</summary>
    public uint Mask => MaskOf(Length);

    /// <summary>The last address of the block: the subnet's broadcast address.</summary>
    public IPv4Address Last => new(Address.Value | ~Mask);

    /// <summary>How many addresses the block has.</summary>
    public long Count => 1L << (32 - Length);

    /// <summary>The netmask of a prefix length.</summary>
    public static uint MaskOf(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);

    /// <summary>A block of one address.</summary>
    public static Cidr Host(IPv4Address address) => new(address, 32);

    /// <summary>Whether the block holds the address.</summary>
    public bool Contains(IPv4Address address) => (address.Value & Mask) == Address.Value;

    /// <summary>Whether two blocks share an address.</summary>
    public bool Overlaps(Cidr other) => Length <= other.Length ? Contains(other.Address) : other.Contains(Address);

    /// <summary>The address at an offset from the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset lies outside the block.</exception>
    public IPv4Address At(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Count);
        return new IPv4Address((uint)(Address.Value + offset));
    }

    /// <summary>The n-th block of <paramref name="length"/> bits inside this one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public Cidr Subnet(int length, long index) => new(At(index << (32 - length)), length);

    /// <summary>Reads <c>10.244.0.0/16</c>. Host bits that are set, or a missing length, give false.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Cidr cidr)
    {
        cidr = default;
        int slash = text.IndexOf('/');
        if (slash < 0 || !IPv4Address.TryParse(text[..slash], out IPv4Address address)
            || !byte.TryParse(text[(slash + 1)..], System.Globalization.NumberStyles.None, null, out byte length)
            || length > 32 || (address.Value & ~MaskOf(length)) != 0)
        {
            return false;
        }

        cidr = new Cidr(address, length);
        return true;
    }

    /// <summary>Reads <c>10.244.0.0/16</c>.</summary>
    /// <exception cref="FormatException">The text is not a prefix with its length, or host bits are set.</exception>
    public static Cidr Parse(ReadOnlySpan<char> text) => TryParse(text, out Cidr cidr)
        ? cidr
        : throw new FormatException(
            $"'{text}' is not a CIDR block; write a prefix and its length such as 10.244.0.0/16.");

    /// <inheritdoc/>
    public int CompareTo(Cidr other) =>
        Address != other.Address ? Address.CompareTo(other.Address) : Length.CompareTo(other.Length);

    /// <summary>The block as <c>10.244.0.0/16</c>.</summary>
    public override string ToString() => $"{Address}/{Length}";
}
