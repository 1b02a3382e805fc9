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
        (TransportPayload whole, int start) = packet.Payload is FragmentPayload piece
            ? (piece.Whole, piece.Offset) : (packet.Payload, 0);
        for (int i = 0; i < pieces.Length; i++)
        {
            int offset = i * room;
            int length = Math.Min(room, total - offset);
            pieces[i] = packet with
            {
                Payload = new FragmentPayload(whole, start + offset, length),
                FragmentOffset = (ushort)(start + offset),
                MoreFragments = packet.MoreFragments || offset + length < total,
            };
        }

        outbox.Absorbed(actor, packet, 1);
        outbox.Fragmented(actor, packet, pieces.Length);
        return pieces;
    }
}
