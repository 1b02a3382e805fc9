namespace Emulator.Core.Addresses;

/// <summary>A 32-bit Internet address, first octet highest.</summary>
/// <remarks>Source: RFC 791 section 3.2.</remarks>
public readonly record struct IPv4Address(uint Value) : IComparable<IPv4Address>
{
    /// <summary><c>0.0.0.0</c>.</summary>
    public static readonly IPv4Address Any = new(0);

    /// <summary><c>255.255.255.255</c>.</summary>
    public static readonly IPv4Address Broadcast = new(uint.MaxValue);

    /// <summary><c>127.0.0.1</c>.</summary>
    public static readonly IPv4Address Loopback = new(0x7F00_0001);

    /// <summary>True in 127.0.0.0/8.</summary>
    public bool IsLoopback => Value >> 24 == 127;

    /// <summary>True in 224.0.0.0/4.</summary>
    public bool IsMulticast => Value >> 28 == 0xE;

    /// <summary>An address from its four octets.</summary>
    public static IPv4Address From(byte a, byte b, byte c, byte d) =>
        new(((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d);

    /// <summary>Reads dotted-decimal text with four octets and no leading zeros.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPv4Address address)
    {
        address = default;
        uint value = 0;
        int octets = 0;
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            uint octet = 0;
            while (i < text.Length && char.IsAsciiDigit(text[i]) && i - start < 4)
            {
                octet = (octet * 10) + (uint)(text[i++] - '0');
            }

            bool leadingZero = i - start > 1 && text[start] == '0';
            if (i == start || octet > 255 || leadingZero || ++octets > 4)
            {
                return false;
            }

            value = (value << 8) | octet;
            if (i < text.Length && (octets == 4 || text[i++] != '.' || i == text.Length))
            {
                return false;
            }
        }

        address = new IPv4Address(value);
        return octets == 4;
    }

    /// <summary>Reads dotted-decimal text.</summary>
    /// <exception cref="FormatException">The text is not four octets.</exception>
    public static IPv4Address Parse(ReadOnlySpan<char> text) => TryParse(text, out IPv4Address address)
        ? address
        : throw new FormatException($"'{text}' is not an IPv4 address; write four octets such as 10.244.1.2.");

    /// <inheritdoc/>
    public int CompareTo(IPv4Address other) => Value.CompareTo(other.Value);

    /// <summary>The address in dotted decimal.</summary>
    public override string ToString() => $"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}";
}
