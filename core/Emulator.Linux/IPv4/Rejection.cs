using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.IPv4;

/// <summary>How a REJECT rule answers: an ICMP error, or a TCP reset in the name of the one who was
/// addressed.</summary>
/// <remarks>A reset to a packet that came by a bridge's port leaves by that port at once, as Linux sends it: a
/// destination that DNAT had translated is not translated back. Source: net/ipv4/netfilter/nf_reject_ipv4.c; the
/// reset's numbers follow RFC 9293 section 3.5.2.</remarks>
internal static class Rejection
{
    /// <summary>Answers a packet.</summary>
    public static void Answer(NetworkNamespace netns, in SkBuff cause, RejectWith with, long offset, Outbox outbox)
    {
        if (with == RejectWith.TcpReset)
        {
            Reset(netns, cause, offset, outbox);
            return;
        }

        byte code = with switch
        {
            RejectWith.IcmpNetUnreachable => IcmpUnreachable.Network,
            RejectWith.IcmpHostUnreachable => IcmpUnreachable.Host,
            RejectWith.IcmpProtoUnreachable => IcmpUnreachable.Protocol,
            RejectWith.IcmpPortUnreachable => IcmpUnreachable.Port,
            RejectWith.IcmpNetProhibited => IcmpUnreachable.NetworkProhibited,
            RejectWith.IcmpHostProhibited => IcmpUnreachable.HostProhibited,
            RejectWith.IcmpAdminProhibited => IcmpUnreachable.AdministrativelyProhibited,
            _ => throw new System.Diagnostics.UnreachableException(with.ToString()),
        };
        netns.IcmpErrors.Send(IcmpType.DestinationUnreachable, code, 0, cause, offset, outbox);
    }

    private static void Reset(NetworkNamespace netns, in SkBuff cause, long offset, Outbox outbox)
    {
        IPv4Packet packet = cause.Packet;
        if (packet.Payload is not TcpSegment segment || segment.Flags.HasFlag(TcpFlags.Rst))
        {
            return;
        }

        bool acknowledges = segment.Flags.HasFlag(TcpFlags.Ack);
        int length = segment.Data.Length
            + (segment.Flags.HasFlag(TcpFlags.Syn) ? 1 : 0) + (segment.Flags.HasFlag(TcpFlags.Fin) ? 1 : 0);
        var reset = new TcpSegment
        {
            SourcePort = segment.DestinationPort,
            DestinationPort = segment.SourcePort,
            Flags = acknowledges ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
            SequenceNumber = acknowledges ? segment.AcknowledgmentNumber : 0,
            AcknowledgmentNumber = acknowledges ? 0 : segment.SequenceNumber + (uint)length,
        };
        var identity = new PacketIdentity(netns.NextPacketId(), packet.Identity.Flow, !packet.Identity.IsReply);
        netns.Netfilter?.SetClosing(cause, outbox.Now);
        if (cause.BridgedFrame is { } frame && cause.In is Bridge bridge)
        {
            // Past the hooks, so with the addresses as they have been translated by then.
            IPv4Packet answer = netns.Output.Make(
                packet.Destination, packet.Source, reset, new OutputOptions(identity, true));
            outbox.Originated(netns.Self, answer);
            BridgeNetfilter.SendByPort(
                bridge, cause.BridgedPort, new EthernetFrame(frame.Destination, frame.Source, answer), offset, outbox);
            return;
        }

        netns.Output.Send(
            packet.Destination, packet.Source, reset, new OutputOptions(identity, true), cause, offset, outbox);
    }
}
