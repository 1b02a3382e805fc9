using System.Diagnostics;
using System.Globalization;
using System.Text;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Linux.Netfilter;

/// <summary>Rules as text, as <c>iptables-save</c> of the nft back end (1.8.9) prints them.</summary>
public static class RuleText
{
    private static readonly ConntrackStates[] StateOrder =
    [
        ConntrackStates.Invalid, ConntrackStates.New, ConntrackStates.Related, ConntrackStates.Established,
        ConntrackStates.Untracked, ConntrackStates.Snat, ConntrackStates.Dnat,
    ];

    /// <summary>One rule as an <c>-A CHAIN …</c> line.</summary>
    public static string Write(Rule rule)
    {
        StringBuilder text = new($"-A {rule.ChainName}");
        Match[] matches = [.. RuleCompiler.InOrder(rule)];
        for (int i = 0; i < matches.Length; i++)
        {
            if (ExtensionOf(matches[i]) is IPProtocol extension)
            {
                bool first = Array.FindIndex(matches, m => ExtensionOf(m) == extension) == i;
                Append(text, first ? PortText(extension, matches) : "");
            }
            else
            {
                Append(text, TextOf(matches[i]));
            }
        }

        Append(text, TextOf(rule.Target));
        return text.ToString();
    }

    /// <summary>Reads one <c>-A CHAIN …</c> line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="chains">Gives the chain of a name that <c>-j</c> or <c>-g</c> goes to; null when there is
    /// none.</param>
    /// <exception cref="FormatException">An option is unknown, misplaced or has a value that cannot be
    /// read.</exception>
    public static Rule Parse(string line, Func<string, Chain?> chains) => new RuleReader(line, chains).Read();

    internal static string NameOf(IPProtocol protocol) => protocol switch
    {
        IPProtocol.Icmp => "icmp",
        IPProtocol.Tcp => "tcp",
        IPProtocol.Udp => "udp",
        IPProtocol.Sctp => "sctp",
        _ => ((int)protocol).ToString(CultureInfo.InvariantCulture),
    };

    internal static string NameOf(ConntrackStates state) => state switch
    {
        ConntrackStates.Invalid => "INVALID",
        ConntrackStates.New => "NEW",
        ConntrackStates.Related => "RELATED",
        ConntrackStates.Established => "ESTABLISHED",
        ConntrackStates.Untracked => "UNTRACKED",
        ConntrackStates.Snat => "SNAT",
        ConntrackStates.Dnat => "DNAT",
        _ => throw new UnreachableException($"No name for the state {state}."),
    };

    internal static string NameOf(AddressType type) => type switch
    {
        AddressType.Unspecified => "UNSPEC",
        AddressType.Unicast => "UNICAST",
        AddressType.Local => "LOCAL",
        AddressType.Broadcast => "BROADCAST",
        AddressType.Multicast => "MULTICAST",
        _ => throw new UnreachableException($"No name for the address type {type}."),
    };

    internal static string NameOf(RejectWith with) => with switch
    {
        RejectWith.IcmpNetUnreachable => "icmp-net-unreachable",
        RejectWith.IcmpHostUnreachable => "icmp-host-unreachable",
        RejectWith.IcmpProtoUnreachable => "icmp-proto-unreachable",
        RejectWith.IcmpPortUnreachable => "icmp-port-unreachable",
        RejectWith.IcmpNetProhibited => "icmp-net-prohibited",
        RejectWith.IcmpHostProhibited => "icmp-host-prohibited",
        RejectWith.IcmpAdminProhibited => "icmp-admin-prohibited",
        RejectWith.TcpReset => "tcp-reset",
        _ => throw new UnreachableException($"No name for the answer {with}."),
    };

    private static void Append(StringBuilder text, string part)
    {
        if (part.Length > 0)
        {
            text.Append(' ').Append(part);
        }
    }

    /// <summary>
    /// The extension (<c>-m tcp</c>) that a match belongs to: all of one protocol's are written as one.
    /// </summary>
    private static IPProtocol? ExtensionOf(Match match) => match switch
    {
        ProtocolExtensionMatch extension => extension.Protocol,
        SourcePortMatch port => port.Protocol,
        DestinationPortMatch port => port.Protocol,
        _ => null,
    };

    private static string PortText(IPProtocol protocol, Match[] matches)
    {
        StringBuilder text = new($"-m {NameOf(protocol)}");
        foreach (SourcePortMatch port in matches.OfType<SourcePortMatch>().Where(p => p.Protocol == protocol))
        {
            Append(text, Ports("--sport", port.First, port.Last, port.Negated));
        }

        foreach (DestinationPortMatch port in matches.OfType<DestinationPortMatch>().Where(p => p.Protocol == protocol))
        {
            Append(text, Ports("--dport", port.First, port.Last, port.Negated));
        }

        return text.ToString();
    }

    private static string Ports(string option, ushort first, ushort last, bool negated) =>
        (first, last, negated) == (0, ushort.MaxValue, false) ? ""
        : $"{Not(negated)}{option} {first}{(first == last ? "" : $":{last}")}";

    private static string Not(bool negated) => negated ? "! " : "";

    private static string TextOf(Match match) => match switch
    {
        SourceMatch source => source.Cidr == Cidr.All && !source.Negated
            ? "" : $"{Not(source.Negated)}-s {source.Cidr}",
        DestinationMatch destination => destination.Cidr == Cidr.All && !destination.Negated
            ? "" : $"{Not(destination.Negated)}-d {destination.Cidr}",
        InInterfaceMatch input => $"{Not(input.Negated)}-i {input.Name}",
        OutInterfaceMatch output => $"{Not(output.Negated)}-o {output.Name}",
        ProtocolMatch protocol => $"{Not(protocol.Negated)}-p {NameOf(protocol.Protocol)}",
        IcmpTypeMatch icmp => $"-m icmp --icmp-type {icmp.Type}{(icmp.Code is byte code ? $"/{code}" : "")}",
        MarkMatch mark => $"-m mark {Not(mark.Negated)}--mark 0x{mark.Value:x}"
            + (mark.Mask == uint.MaxValue ? "" : $"/0x{mark.Mask:x}"),
        ConntrackStateMatch state => $"-m conntrack {Not(state.Negated)}--ctstate "
            + string.Join(',', StateOrder.Where(s => (state.States & s) != 0).Select(NameOf)),
        AddressTypeMatch type => "-m addrtype"
            + (type.SourceType is AddressType source ? $" {Not(type.Negated)}--src-type {NameOf(source)}" : "")
            + (type.DestinationType is AddressType to ? $" {Not(type.Negated)}--dst-type {NameOf(to)}" : ""),
        StatisticMatch statistic => $"-m statistic --mode random --probability {Probability(statistic.Probability)}",
        RecentMatch recent => TextOf(recent),
        CommentMatch comment => $"-m comment --comment {Quoted(comment.Text)}",
        _ => throw new UnreachableException($"No text for the match {match.GetType().Name}."),
    };

    private static string TextOf(RecentMatch recent) =>
        $"-m recent {(recent.Set ? "--set" : "--rcheck")}"
        + (recent.Seconds > 0 ? $" --seconds {recent.Seconds}" : "") + (recent.Reap ? " --reap" : "")
        + $" --name {recent.List} --mask 255.255.255.255 --rsource";

    private static string TextOf(Target target) => target switch
    {
        NoTarget => "",
        AcceptTarget => "-j ACCEPT",
        DropTarget => "-j DROP",
        ReturnTarget => "-j RETURN",
        JumpTarget jump => $"-j {jump.Chain.Name}",
        GotoTarget go => $"-g {go.Chain.Name}",
        RejectTarget reject => $"-j REJECT --reject-with {NameOf(reject.With)}",
        DnatTarget dnat => $"-j DNAT --to-destination {dnat.Address}{(dnat.Port == 0 ? "" : $":{dnat.Port}")}",
        SnatTarget snat => $"-j SNAT --to-source {snat.Address}{(snat.RandomFully ? " --random-fully" : "")}",
        MasqueradeTarget masquerade => $"-j MASQUERADE{(masquerade.RandomFully ? " --random-fully" : "")}",
        MarkTarget mark => $"-j MARK --set-xmark 0x{mark.Value:x}/0x{mark.Mask:x}",
        NotrackTarget => "-j CT --notrack",
        _ => throw new UnreachableException($"No text for the target {target.GetType().Name}."),
    };

    /// <summary>The chance as the kernel keeps it, in 2^-31 parts, with eleven decimals.</summary>
    private static string Probability(Ratio chance)
    {
        const ulong Whole = 1UL << 31;
        ulong parts = ((chance.Numerator * Whole * 2) + chance.Denominator) / (2UL * chance.Denominator);
        UInt128 scaled = (UInt128)parts * 100_000_000_000;
        UInt128 digits = scaled / Whole;
        UInt128 rest = scaled % Whole;
        bool up = rest * 2 > Whole || (rest * 2 == Whole && digits % 2 == 1);
        ulong rounded = (ulong)digits + (up ? 1UL : 0UL);
        return string.Create(
            CultureInfo.InvariantCulture, $"{rounded / 100_000_000_000}.{rounded % 100_000_000_000:D11}");
    }

    /// <summary>
    /// Bare when it is letters, digits, _ and - only; else in quotes, with quotes and backslashes escaped.
    /// </summary>
    private static string Quoted(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            return text;
        }

        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c is '"' or '\\' or '\'' ? "\\" : "").Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
