using Emulator.Core.Addresses;
using Emulator.Core.Packets.Dns;

namespace Emulator.Kubernetes.Dns;

/// <summary>An address of either family, as records name it.</summary>
/// <param name="IsIPv6">The family.</param>
/// <param name="Value">The number; the low 32 bits for IPv4.</param>
internal readonly record struct ZoneAddress(bool IsIPv6, UInt128 Value)
{
    /// <summary>The type of the record that holds it.</summary>
    public DnsType Type => IsIPv6 ? DnsType.Aaaa : DnsType.A;

    /// <summary>Reads either form; false for anything else.</summary>
    public static bool TryParse(string? text, out ZoneAddress address)
    {
        address = default;
        if (text is null)
        {
            return false;
        }

        if (IPv4Address.TryParse(text, out IPv4Address four))
        {
            address = new ZoneAddress(false, four.Value);
            return true;
        }

        bool isSix = IPv6Text.TryParse(text, out UInt128 six);
        address = new ZoneAddress(true, six);
        return isSix;
    }

    /// <summary>The address that a reverse name (<c>….in-addr.arpa.</c> or <c>….ip6.arpa.</c>, in lower case) asks
    /// about.</summary>
    public static bool TryParseReverse(string name, out ZoneAddress address)
    {
        address = default;
        if (name.EndsWith(".in-addr.arpa.", StringComparison.Ordinal))
        {
            string[] octets = name[..^14].Split('.');
            return octets.Length == 4 && TryParse(string.Join('.', octets.Reverse()), out address) && !address.IsIPv6;
        }

        if (!name.EndsWith(".ip6.arpa.", StringComparison.Ordinal))
        {
            return false;
        }

        string[] nibbles = name[..^10].Split('.');
        if (nibbles.Length != 32 || nibbles.Any(n => n.Length != 1 || !char.IsAsciiHexDigit(n[0])))
        {
            return false;
        }

        string digits = string.Concat(nibbles.Reverse());
        address = new ZoneAddress(
            true, UInt128.Parse(digits, System.Globalization.NumberStyles.AllowHexSpecifier, null));
        return true;
    }

    /// <summary>The record of the address under a name.</summary>
    public DnsRecord ToRecord(string name, uint timeToLiveSeconds) => IsIPv6
        ? new DnsAddress6(name, timeToLiveSeconds, Value)
        : new DnsAddress(name, timeToLiveSeconds, new IPv4Address((uint)Value));

    /// <summary>The label that names an endpoint without a host name: the address with <c>-</c> for <c>.</c> and
    /// <c>:</c>.</summary>
    public string ToLabel() => ToString().Replace('.', '-').Replace(':', '-');

    /// <inheritdoc/>
    public override string ToString() => IsIPv6 ? IPv6Text.Write(Value) : new IPv4Address((uint)Value).ToString();
}
