using System.Globalization;
using System.Text;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Netfilter;

/// <summary>One direction of a tracked connection, as <c>conntrack -L</c> shows it.</summary>
/// <param name="Source">The source address.</param>
/// <param name="Destination">The destination address.</param>
/// <param name="SourcePort">The source port; the identifier of an ICMP echo.</param>
/// <param name="DestinationPort">The destination port; type × 256 + code of an ICMP echo.</param>
public readonly record struct ConntrackDirection(
    IPv4Address Source, IPv4Address Destination, ushort SourcePort, ushort DestinationPort)
    : IComparable<ConntrackDirection>
{
    internal ConntrackDirection(in ConntrackTuple tuple)
        : this(tuple.Source, tuple.Destination, tuple.SourcePort, tuple.DestinationPort)
    {
    }

    /// <summary>By source, destination, source port, destination port.</summary>
    public int CompareTo(ConntrackDirection other)
    {
        int order = Source.CompareTo(other.Source);
        order = order != 0 ? order : Destination.CompareTo(other.Destination);
        order = order != 0 ? order : SourcePort.CompareTo(other.SourcePort);
        return order != 0 ? order : DestinationPort.CompareTo(other.DestinationPort);
    }
}

/// <summary>A snapshot of one tracked connection: a line of <c>conntrack -L</c>.</summary>
public sealed class ConntrackRow : IDescribed, IComparable<ConntrackRow>
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    internal ConntrackRow(in ConntrackEntry entry, long now)
    {
        Protocol = entry.Original.Protocol;
        SecondsLeft = Math.Max(0, entry.ExpiresAt - now) / NanosecondsPerSecond;
        TcpState = entry.Tcp;
        Original = new ConntrackDirection(entry.Original);
        Reply = new ConntrackDirection(entry.Reply);
        IsReplied = entry.Has(ConntrackFlags.SeenReply);
        IsAssured = entry.Has(ConntrackFlags.Assured);
    }

    /// <summary>The transport protocol.</summary>
    public IPProtocol Protocol { get; }

    /// <summary>Whole seconds until the entry ends, rounded down.</summary>
    public long SecondsLeft { get; }

    /// <summary>The state of a TCP connection; <see cref="TcpConntrackState.None"/> for others.</summary>
    public TcpConntrackState TcpState { get; }

    /// <summary>The first packet's direction, before translation.</summary>
    public ConntrackDirection Original { get; }

    /// <summary>The direction of the packets that come back, before they are translated back.</summary>
    public ConntrackDirection Reply { get; }

    /// <summary>False shows as [UNREPLIED].</summary>
    public bool IsReplied { get; }

    /// <summary>True shows as [ASSURED]: not given up when the table is full.</summary>
    public bool IsAssured { get; }

    /// <summary>By protocol number, then by the original direction.</summary>
    public int CompareTo(ConntrackRow? other)
    {
        if (other is null)
        {
            return 1;
        }

        int order = Protocol.CompareTo(other.Protocol);
        order = order != 0 ? order : Original.CompareTo(other.Original);
        return order != 0 ? order : Reply.CompareTo(other.Reply);
    }

    /// <summary>The line as the tool prints it.</summary>
    public string Describe() => ToString();

    /// <summary>The line as the tool prints it.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{NameOf(Protocol),-8} {(int)Protocol} {SecondsLeft} ");
        if (Protocol == IPProtocol.Tcp)
        {
            text.Append(NameOf(TcpState)).Append(' ');
        }

        Append(text, Original);
        text.Append(IsReplied ? "" : "[UNREPLIED] ");
        Append(text, Reply);
        text.Append(IsAssured ? "[ASSURED] " : "").Append("mark=0 use=1");
        return text.ToString();
    }

    private void Append(StringBuilder text, ConntrackDirection direction)
    {
        text.Append(CultureInfo.InvariantCulture, $"src={direction.Source} dst={direction.Destination} ");
        if (Protocol == IPProtocol.Icmp)
        {
            int type = direction.DestinationPort >> 8;
            int code = direction.DestinationPort & 255;
            text.Append(CultureInfo.InvariantCulture, $"type={type} code={code} id={direction.SourcePort} ");
        }
        else
        {
            text.Append(
                CultureInfo.InvariantCulture, $"sport={direction.SourcePort} dport={direction.DestinationPort} ");
        }
    }

    private static string NameOf(IPProtocol protocol) => protocol switch
    {
        IPProtocol.Icmp => "icmp",
        IPProtocol.Tcp => "tcp",
        IPProtocol.Udp => "udp",
        _ => "unknown",
    };

    private static string NameOf(TcpConntrackState state) => state switch
    {
        TcpConntrackState.SynSent => "SYN_SENT",
        TcpConntrackState.SynRecv => "SYN_RECV",
        TcpConntrackState.Established => "ESTABLISHED",
        TcpConntrackState.FinWait => "FIN_WAIT",
        TcpConntrackState.CloseWait => "CLOSE_WAIT",
        TcpConntrackState.LastAck => "LAST_ACK",
        TcpConntrackState.TimeWait => "TIME_WAIT",
        TcpConntrackState.Close => "CLOSE",
        TcpConntrackState.SynSent2 => "SYN_SENT2",
        _ => "NONE",
    };
}
