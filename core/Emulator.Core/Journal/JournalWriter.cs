using Emulator.Core.Actors;
using Emulator.Core.Packets;

namespace Emulator.Core.Journal;

/// <summary>Short ways of writing the entries that every device writes.</summary>
public static class JournalWriter
{
    /// <summary>A frame at an interface, <paramref name="offsetNanoseconds"/> after now.</summary>
    public static void Hop(
        this Outbox outbox,
        ActorRef actor,
        InterfaceName at,
        Direction direction,
        EthernetFrame frame,
        long offsetNanoseconds)
    {
        NetworkPacket payload = frame.Payload;
        PacketIdentity identity = payload.Identity;
        long addresses = 0;
        long rest = 0;
        if (payload is IPv4Packet packet)
        {
            addresses = ((long)packet.Source.Value << 32) | packet.Destination.Value;
            rest = ((long)packet.TimeToLive << 40) | ((long)packet.Protocol << 32) | Ports(packet.Payload);
        }
        else if (payload is ArpPacket arp)
        {
            addresses = ((long)arp.SenderAddress.Value << 32) | arp.TargetAddress.Value;
            rest = (long)arp.Operation;
        }

        outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = outbox.Now.Nanoseconds + offsetNanoseconds,
            Actor = actor,
            Interface = at,
            Subject = frame,
            Packet = identity.Packet,
            Flow = identity.Flow,
            A = addresses,
            B = rest,
            Length = frame.Length,
            Kind = JournalKind.Hop,
            Direction = direction,
            IsReply = identity.IsReply,
        });
    }

    /// <summary>A packet came into the world.</summary>
    public static void Originated(this Outbox outbox, ActorRef actor, NetworkPacket packet) =>
        outbox.Ledger(JournalKind.Originated, actor, packet, 1);

    /// <summary>More copies of a packet came into the world.</summary>
    public static void Copied(this Outbox outbox, ActorRef actor, NetworkPacket packet, int count) =>
        outbox.Ledger(JournalKind.Copied, actor, packet, count);

    /// <summary>A packet reached its socket or the kernel that consumes it.</summary>
    public static void Delivered(
        this Outbox outbox, ActorRef actor, NetworkPacket packet, long offsetNanoseconds = 0) =>
        outbox.Ledger(JournalKind.Delivered, actor, packet, 1, offsetNanoseconds: offsetNanoseconds);

    /// <summary>Packets ended by being cut or joined.</summary>
    public static void Absorbed(this Outbox outbox, ActorRef actor, NetworkPacket packet, int count) =>
        outbox.Ledger(JournalKind.Absorbed, actor, packet, count);

    /// <summary>Fragments of a packet came into the world.</summary>
    public static void Fragmented(this Outbox outbox, ActorRef actor, NetworkPacket packet, int count) =>
        outbox.Ledger(JournalKind.Fragmented, actor, packet, count);

    /// <summary>A packet ended undelivered.</summary>
    /// <param name="outbox">Where to write.</param>
    /// <param name="actor">At whom.</param>
    /// <param name="packet">Which.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cause">The rule, route or entry that did it, or null.</param>
    /// <param name="at">The interface, or null.</param>
    /// <param name="offsetNanoseconds">How long after now.</param>
    public static void Dropped(
        this Outbox outbox, ActorRef actor, NetworkPacket packet, DropReason reason, object? cause = null,
        InterfaceName? at = null, long offsetNanoseconds = 0) =>
        outbox.Ledger(JournalKind.Dropped, actor, packet, 1, reason, cause, at, offsetNanoseconds);

    /// <summary>A detail about a packet; call only where <see cref="JournalBuffer.Detail"/> is true.</summary>
    public static void Detail(
        this Outbox outbox,
        ActorRef actor,
        JournalKind kind,
        NetworkPacket packet,
        object? subject,
        long a = 0,
        long b = 0) =>
        outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = outbox.Now.Nanoseconds,
            Actor = actor,
            Subject = subject,
            Packet = packet.Identity.Packet,
            Flow = packet.Identity.Flow,
            A = a,
            B = b,
            Length = packet.Length,
            Kind = kind,
            IsReply = packet.Identity.IsReply,
        });

    private static void Ledger(
        this Outbox outbox, JournalKind kind, ActorRef actor, NetworkPacket packet, int count,
        DropReason reason = DropReason.None,
        object? subject = null,
        InterfaceName? at = null,
        long offsetNanoseconds = 0) =>
        outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = outbox.Now.Nanoseconds + offsetNanoseconds,
            Actor = actor,
            Interface = at,
            Subject = subject ?? packet,
            Packet = packet.Identity.Packet,
            Flow = packet.Identity.Flow,
            A = count,
            Length = packet.Length,
            Kind = kind,
            Reason = reason,
            IsReply = packet.Identity.IsReply,
        });

    private static uint Ports(TransportPayload payload) => payload switch
    {
        UdpDatagram udp => ((uint)udp.SourcePort << 16) | udp.DestinationPort,
        TcpSegment tcp => ((uint)tcp.SourcePort << 16) | tcp.DestinationPort,
        IcmpMessage icmp => ((uint)icmp.Type << 8) | icmp.Code,
        _ => 0,
    };
}
