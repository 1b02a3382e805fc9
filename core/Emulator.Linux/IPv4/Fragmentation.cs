using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.IPv4;

/// <summary>Cuts packets that are larger than the MTU of the link ahead.</summary>
/// <remarks>Source: RFC 791 section 3.2 (fragmentation); each piece but the last carries a multiple of 8
/// bytes.</remarks>
internal static class Fragmentation
{
    /// <summary>The pieces of a packet, in order. Journals that the whole ended and its pieces began.</summary>
    public static IPv4Packet[] Cut(IPv4Packet packet, int mtu, ActorRef actor, Outbox outbox)
    {
        int room = (mtu - IPv4Packet.HeaderLength) & ~7;
        int total = packet.Payload.Length;
        var pieces = new IPv4Packet[(total + room - 1) / room];
        for (int i = 0; i < pieces.Length; i++)
        {
            int offset = i * room;
            int length = Math.Min(room, total - offset);
            pieces[i] = packet with
            {
                Payload = Slice(packet.Payload, offset, length),
                FragmentOffset = (ushort)(packet.FragmentOffset + offset),
                MoreFragments = packet.MoreFragments || offset + length < total,
            };
        }

        outbox.Absorbed(actor, packet, 1);
        outbox.Fragmented(actor, packet, pieces.Length);
        return pieces;
    }

    /// <summary>Some bytes of what a packet carries, which may be a piece itself.</summary>
    public static TransportPayload Slice(TransportPayload payload, int offset, int length) => payload switch
    {
        FragmentPayload piece => new FragmentPayload(piece.Whole, piece.Offset + offset, length),
        OpaquePayload bytes => new OpaquePayload(bytes.Protocol, bytes.Bytes.Slice(offset, length), length),
        _ => new FragmentPayload(payload, offset, length),
    };
}
