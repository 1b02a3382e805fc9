using Emulator.Core.Actors;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>Resets in answer to segments that no connection takes.</summary>
/// <remarks>Source: RFC 9293 section 3.10.7.1 (CLOSED state).</remarks>
internal static class TcpReset
{
    /// <summary>Answers a segment with a reset, unless it is one itself.</summary>
    public static void Answer(INetworkLayer network, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        if ((segment.Flags & TcpFlags.Rst) != 0)
        {
            return;
        }

        bool hasAck = (segment.Flags & TcpFlags.Ack) != 0;
        var reset = new TcpSegment
        {
            SourcePort = segment.DestinationPort,
            DestinationPort = segment.SourcePort,
            SequenceNumber = hasAck ? segment.AcknowledgmentNumber : 0,
            AcknowledgmentNumber = hasAck ? 0 : segment.SequenceNumber + SequenceLength(segment),
            Flags = hasAck ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
        };
        var identity = new PacketIdentity(network.NextPacketId(), packet.Identity.Flow, !packet.Identity.IsReply);
        var options = new OutputOptions(identity, DontFragment: true);
        network.Output(packet.Destination, packet.Source, reset, options, outbox);
    }

    /// <summary>How much of the sequence space a segment takes: its data, SYN and FIN.</summary>
    public static uint SequenceLength(TcpSegment segment) =>
        (uint)segment.Data.Length
        + ((segment.Flags & TcpFlags.Syn) != 0 ? 1u : 0u)
        + ((segment.Flags & TcpFlags.Fin) != 0 ? 1u : 0u);
}
