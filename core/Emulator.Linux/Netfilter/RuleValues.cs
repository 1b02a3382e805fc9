using System.Globalization;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Reads the values of a rule's options. What cannot be read is a <see cref="FormatException"/> that names it.
/// </summary>
internal static class RuleValues
{
    private const uint ProbabilityParts = 1U << 31;

    /// <summary>A block, or an address as a block of one.</summary>
    public static Cidr Block(string text) =>
        Cidr.TryParse(text, out Cidr block) ? block
        : IPv4Address.TryParse(text, out IPv4Address address) ? Cidr.Host(address)
        : throw Wrong($"{text} is not an address or a block such as 10.244.0.0/16");

    /// <summary>A protocol's name or number.</summary>
    public static IPProtocol Protocol(string name) => name switch
    {
        "tcp" => IPProtocol.Tcp,
        "udp" => IPProtocol.Udp,
        "icmp" => IPProtocol.Icmp,
        "sctp" => IPProtocol.Sctp,
        _ => byte.TryParse(name, NumberStyles.None, null, out byte number) && number > 0
            ? (IPProtocol)number : throw Wrong($"the protocol {name} is not known"),
    };

    /// <summary>A port or a range; an end that is left out is the least or the greatest port.</summary>
    public static (ushort First, ushort Last) Ports(string text)
    {
        string[] ends = text.Split(':');
        ushort first = Port(ends[0].Length > 0 ? ends[0] : "0");
        ushort last = ends.Length == 1 ? first : Port(ends[1].Length > 0 ? ends[1] : "65535");
        return ends.Length <= 2 && first <= last
            ? (first, last) : throw Wrong($"{text} is not a port or a range such as 1024:65535");
    }

    private static ushort Port(string text) => ushort.TryParse(text, NumberStyles.None, null, out ushort port)
        ? port : throw Wrong($"{text} is not a port from 0 to 65535");

    /// <summary>An address with or without a port; port 0 where there is none.</summary>
    public static (IPv4Address Address, ushort Port) AddressAndPort(string text)
    {
        int colon = text.IndexOf(':');
        string address = colon < 0 ? text : text[..colon];
        return IPv4Address.TryParse(address, out IPv4Address parsed)
            ? (parsed, colon < 0 ? (ushort)0 : Port(text[(colon + 1)..]))
            : throw Wrong($"{text} is not an address, or an address and port such as 10.244.1.2:8080");
    }

    /// <summary>A value, and the mask after a slash or all bits.</summary>
    public static (uint Value, uint Mask) ValueAndMask(string text)
    {
        int slash = text.IndexOf('/');
        return slash < 0 ? (Word(text), uint.MaxValue) : (Word(text[..slash]), Word(text[(slash + 1)..]));
    }

    private static uint Word(string text)
    {
        bool hex = text.StartsWith("0x", StringComparison.Ordinal);
        return uint.TryParse(
            hex ? text[2..] : text, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, null, out uint word)
            ? word : throw Wrong($"{text} is not a number such as 0x4000");
    }

    /// <summary>States with commas between.</summary>
    public static ConntrackStates States(string text)
    {
        ConntrackStates states = ConntrackStates.None;
        foreach (string name in text.Split(','))
        {
            ConntrackStates one = Enum.GetValues<ConntrackStates>()
                .FirstOrDefault(s => s != ConntrackStates.None && RuleText.NameOf(s) == name);
            states |= one != ConntrackStates.None ? one : throw Wrong($"the state {name} is not known");
        }

        return states;
    }

    /// <summary>An address type's name.</summary>
    public static AddressType Type(string name) => Named<AddressType>(name, RuleText.NameOf, "the address type");

    /// <summary>The answer of a REJECT.</summary>
    public static RejectWith Answer(string name) => Named<RejectWith>(name, RuleText.NameOf, "the answer");

    /// <summary>A decimal chance, rounded to the kernel's 2^-31 parts.</summary>
    public static Ratio Probability(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal chance)
            && chance <= 1
            ? new Ratio(
                (uint)Math.Round(chance * ProbabilityParts, MidpointRounding.AwayFromZero), ProbabilityParts)
            : throw Wrong($"{text} is not a probability from 0 to 1");

    private static T Named<T>(string name, Func<T, string> nameOf, string what)
        where T : struct, Enum
    {
        T[] all = Enum.GetValues<T>();
        int at = Array.FindIndex(all, one => nameOf(one) == name);
        return at >= 0
            ? all[at] : throw Wrong($"{what} {name} is not known; known are {string.Join(", ", all.Select(nameOf))}");
    }

    private static FormatException Wrong(string why) => new($"{why}.");
}
