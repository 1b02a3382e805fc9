using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Underlay;

/// <summary>What a frame becomes when one of its bits is flipped.</summary>
/// <remarks>
/// The model carries packets, not bytes, so this says which field owns the bit and what a receiver makes of it. Where
/// no checksum covers the field (MAC addresses, ARP, the ports of a UDP datagram without checksum, VXLAN's identifier
/// and the frame inside) the frame goes on changed. Where one does, the frame ends here, with the reason that its
/// receiver would give: the devices behind the wire do not see it. An Ethernet frame's own check sequence, with which
/// real hardware would drop every such frame, is no more in the model than in sch_netem.
/// </remarks>
public static class FrameDamage
{
    /// <summary>The frame with a bit flipped; null, and a reason, where a checksum gives it away.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="bit">The bit, counted from the first byte's lowest.</param>
    /// <param name="reason">Why it ends; <c>None</c> where it does not.</param>
    public static EthernetFrame? Flip(EthernetFrame frame, int bit, out DropReason reason)
    {
        reason = DropReason.None;
        int at = bit / 8;
        if (at < 6)
        {
            return frame with { Destination = Flip(frame.Destination, bit) };
        }

        if (at < 12)
        {
            return frame with { Source = Flip(frame.Source, bit - 48) };
        }

        if (at < EthernetFrame.HeaderLength)
        {
            reason = DropReason.NoProtocol;
            return null;
        }

        return frame.Payload switch
        {
            IPv4Packet packet => Flip(frame, packet, bit - (8 * EthernetFrame.HeaderLength), out reason),
            ArpPacket => FlipArp(frame, bit, out reason),
            _ => throw new System.Diagnostics.UnreachableException(frame.Payload.GetType().Name),
        };
    }

    private static EthernetFrame? Flip(EthernetFrame frame, IPv4Packet packet, int bit, out DropReason reason)
    {
        int transportBit = bit - (8 * IPv4Packet.HeaderLength);
        if (transportBit < 0)
        {
            reason = DropReason.IPChecksum;
            return null;
        }

        if (packet.Payload is UdpDatagram { NoChecksum: true } datagram)
        {
            UdpDatagram? flipped = Flip(datagram, transportBit, out reason);
            return flipped is null ? null : frame with { Payload = packet with { Payload = flipped } };
        }

        reason = packet.Protocol switch
        {
            IPProtocol.Tcp => DropReason.TcpChecksum,
            IPProtocol.Udp => DropReason.UdpChecksum,
            _ => DropReason.IcmpChecksum,
        };
        return null;
    }

    private static UdpDatagram? Flip(UdpDatagram datagram, int bit, out DropReason reason)
    {
        reason = DropReason.None;
        switch (bit / 8)
        {
            case < 2:
                return datagram with { SourcePort = (ushort)(datagram.SourcePort ^ InNetworkOrder(bit, 2)) };
            case < 4:
                return datagram with
                {
                    DestinationPort = (ushort)(datagram.DestinationPort ^ InNetworkOrder(bit - 16, 2)),
                };
            case < UdpDatagram.HeaderLength:
                // A length that does not fit, or a checksum where there was none.
                reason = DropReason.UdpChecksum;
                return null;
            default:
                Payload? data = Flip(datagram.Data, bit - (8 * UdpDatagram.HeaderLength), out reason);
                return data is null ? null : datagram with { Data = data };
        }
    }

    private static Payload? Flip(Payload data, int bit, out DropReason reason)
    {
        reason = DropReason.None;
        if (data is not VxlanPayload tunnelled)
        {
            byte[] bytes = data is BytesPayload written ? written.Bytes.ToArray() : new byte[data.Length];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            return new BytesPayload(bytes);
        }

        switch (bit / 8)
        {
            case < 4:
            case 7:
                reason = DropReason.VxlanVniUnknown;
                return null;
            case < 7:
                return tunnelled with { Vni = tunnelled.Vni ^ (int)InNetworkOrder(bit - 32, 3) };
            default:
                EthernetFrame? inner = Flip(tunnelled.Frame, bit - (8 * VxlanPayload.HeaderLength), out reason);
                return inner is null ? null : tunnelled with { Frame = inner };
        }
    }

    private static EthernetFrame? FlipArp(EthernetFrame frame, int bit, out DropReason reason)
    {
        byte[] bytes = new byte[frame.Length];
        PacketEncoder.Encode(frame, bytes);
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        bool isArp = PacketDecoder.TryDecode(bytes, frame.Payload.Identity, out EthernetFrame? flipped, out _);
        reason = isArp ? DropReason.None : DropReason.NoProtocol;
        return flipped;
    }

    private static MacAddress Flip(MacAddress address, int bit) => new(address.Value ^ InNetworkOrder(bit, 6));

    // The bit of a byte on the wire, in a number whose first byte is the highest.
    private static ulong InNetworkOrder(int bit, int bytes) => 1UL << ((8 * (bytes - 1 - (bit / 8))) + (bit % 8));
}
