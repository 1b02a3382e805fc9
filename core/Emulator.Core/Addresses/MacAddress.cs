using System.Globalization;

namespace Emulator.Core.Addresses;

/// <summary>A 48-bit Ethernet address, kept in the low 48 bits, first octet highest.</summary>
/// <remarks>Source: IEEE 802 (EUI-48).</remarks>
public readonly record struct MacAddress(ulong Value) : IComparable<MacAddress>
{
    /// <summary><c>ff:ff:ff:ff:ff:ff</c>.</summary>
    public static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);

    /// <summary><c>00:00:00:00:00:00</c>, which the loopback device carries.</summary>
    public static readonly MacAddress Zero = new(0);

    /// <summary>True for broadcast and multicast addresses (lowest bit of the first octet).</summary>
    public bool IsGroup => (Value & 0x0100_0000_0000) != 0;

    /// <summary>Reads <c>0a:58:0a:f4:01:02</c>; null text or any other form gives false.</summary>
    public static bool TryParse(string? text, out MacAddress address)
    {
        address = default;
        if (text is null || text.Length != 17)
        {
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < 6; i++)
        {
            if (i > 0 && text[(i * 3) - 1] != ':')
            {
                return false;
            }

            if (!byte.TryParse(text.AsSpan(i * 3, 2), NumberStyles.AllowHexSpecifier, null, out byte octet))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <summary>Reads <c>0a:58:0a:f4:01:02</c>.</summary>
    /// <exception cref="FormatException">The text is not six hexadecimal octets separated by colons.</exception>
    public static MacAddress Parse(string text) => TryParse(text, out MacAddress address)
        ? address
        : throw new FormatException($"'{text}' is not a MAC address; write six octets such as 0a:58:0a:f4:01:02.");

    /// <inheritdoc/>
    public int CompareTo(MacAddress other) => Value.CompareTo(other.Value);

    /// <summary>The address as <c>0a:58:0a:f4:01:02</c>.</summary>
    public override string ToString() => string.Create(17, Value, static (span, value) =>
    {
        for (int i = 0; i < 6; i++)
        {
            byte octet = (byte)(value >> (40 - (8 * i)));
            span[i * 3] = "0123456789abcdef"[octet >> 4];
            span[(i * 3) + 1] = "0123456789abcdef"[octet & 15];
            if (i < 5)
            {
                span[(i * 3) + 2] = ':';
            }
        }
    });
}
