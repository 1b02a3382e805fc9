using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>Fills a span with what a hop shows.</summary>
/// <remarks>Keys: OpenTelemetry's semantic conventions where they have one, else <c>emulator.*</c>.</remarks>
internal sealed class HopSpanWriter
{
    private readonly Dictionary<InterfaceName, HopPlace> _places = [];

    /// <summary>Where a hop is, in spans' words; remembered for each interface.</summary>
    public HopPlace PlaceOf(in JournalEntry hop)
    {
        InterfaceName at = hop.Interface
            ?? throw new InvalidOperationException(
                $"a hop of packet {hop.Packet:x16} at {hop.Actor} lacks its interface");
        if (!_places.TryGetValue(at, out HopPlace? place))
        {
            _places.Add(at, place = HopPlace.Of(in hop, at));
        }

        return place;
    }

    /// <summary>Writes the open hop of a packet.</summary>
    /// <param name="span">Cleared, with ids and times set.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="hop">Its open hop.</param>
    /// <param name="drop">The entry that ended the packet here, or null.</param>
    public void Write(Span span, PacketSpans packet, in JournalEntry hop, JournalEntry? drop)
    {
        HopPlace place = PlaceOf(in hop);
        span.Service = place.Service;
        span.Kind = SpanKind.Internal;
        span.Name = hop.Direction == Direction.In ? place.Receive : place.Transmit;
        span.PutHex("emulator.packet.id", hop.Packet);
        span.Put("emulator.hop.seq", packet.HopCount);
        span.Put("emulator.direction", hop.IsReply ? "reply" : "request");
        span.Put("emulator.vtime_ns", hop.TimeNanoseconds);
        span.Put("k8s.node.name", hop.Actor.Machine.Name);
        span.Put("network.interface.name", hop.Interface!.Name); // PlaceOf has seen to it.
        span.Put("network.io.direction", hop.Direction == Direction.In ? "receive" : "transmit");
        if (place.PodName is not null)
        {
            span.Put("k8s.pod.name", place.PodName);
        }

        if (place.PodNamespace is not null)
        {
            span.Put("k8s.namespace.name", place.PodNamespace);
        }

        if (hop.Subject is EthernetFrame frame)
        {
            WriteFrame(span, packet, frame);
        }

        foreach (JournalEntry detail in packet.Details)
        {
            TraceDecision decision = TraceDecision.From(in detail);
            span.Events.Add((detail.TimeNanoseconds, decision.Kind, decision.Text));
        }

        if (drop is JournalEntry dropped)
        {
            WriteDrop(span, dropped.Reason, TraceDecision.RuleOf(in dropped));
        }
    }

    /// <summary>Marks a span as the one where the packet ended.</summary>
    public static void WriteDrop(Span span, DropReason reason, string? rule)
    {
        string name = reason.ToString();
        span.Error = rule ?? name;
        span.Put("error.type", name);
        span.Put("emulator.action", reason == DropReason.NetfilterReject ? "Rejected" : "Dropped");
        span.Put("emulator.drop.reason", name);
        if (rule is not null)
        {
            span.Put("emulator.drop.rule", rule);
        }
    }

    private static void WriteFrame(Span span, PacketSpans state, EthernetFrame frame)
    {
        if (frame.Payload is IPv4Packet { Payload: UdpDatagram { Data: VxlanPayload vxlan } } outer)
        {
            span.Put("emulator.tunnel.type", "vxlan");
            span.Put("emulator.tunnel.vni", vxlan.Vni);
            span.Put("emulator.tunnel.src", outer.Source);
            span.Put("emulator.tunnel.dst", outer.Destination);
            frame = vxlan.Frame;
        }

        if (frame.Payload is ArpPacket arp)
        {
            span.Put("network.type", "arp");
            span.Put("source.address", arp.SenderAddress);
            span.Put("destination.address", arp.TargetAddress);
            return;
        }

        var packet = (IPv4Packet)frame.Payload;
        (ushort source, ushort destination) = Transport(span, packet.Payload);
        span.Put("network.type", "ipv4");
        span.Put("source.address", packet.Source);
        span.Put("destination.address", packet.Destination);
        if ((source | destination) != 0)
        {
            span.Put("source.port", source);
            span.Put("destination.port", destination);
        }

        span.Put("emulator.len", packet.Length);
        span.Put("emulator.ttl", packet.TimeToLive);
        (ulong, uint) now = (((ulong)packet.Source.Value << 32) | packet.Destination.Value,
            ((uint)source << 16) | destination);
        if (state.Before is { } before && before != now && packet.FragmentOffset == 0)
        {
            span.Put("emulator.nat.type", NatType(before, now));
        }

        state.Before = packet.FragmentOffset == 0 ? now : state.Before;
    }

    private static string NatType((ulong Addresses, uint Ports) before, (ulong Addresses, uint Ports) now)
    {
        bool source = before.Addresses >> 32 != now.Addresses >> 32 || before.Ports >> 16 != now.Ports >> 16;
        bool destination = (uint)before.Addresses != (uint)now.Addresses || (ushort)before.Ports != (ushort)now.Ports;
        return source && destination ? "DNAT+SNAT" : source ? "SNAT" : "DNAT";
    }

    private static (ushort Source, ushort Destination) Transport(Span span, TransportPayload payload)
    {
        switch (payload)
        {
            case UdpDatagram udp:
                span.Put("network.transport", "udp");
                return (udp.SourcePort, udp.DestinationPort);
            case TcpSegment tcp:
                span.Put("network.transport", "tcp");
                span.Put("emulator.tcp.flags", HopPacket.Letters(tcp.Flags));
                span.Put("emulator.tcp.seq", tcp.SequenceNumber);
                return (tcp.SourcePort, tcp.DestinationPort);
            case IcmpMessage icmp:
                span.Put("network.transport", "icmp");
                span.Put("emulator.icmp.type", (byte)icmp.Type);
                span.Put("emulator.icmp.code", icmp.Code);
                return (0, 0);
            case FragmentPayload piece:
                return Transport(span, piece.Whole);
            default:
                return (0, 0);
        }
    }
}
