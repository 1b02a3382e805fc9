using System.Buffers.Binary;
using Emulator.Client.Tests.Lab;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>Reads tapped frames with the emulator's own decoder.</summary>
internal static class TappedFrames
{
    /// <summary>The frame as the journal would hold it.</summary>
    public static SeenFrame Decode(TappedFrame tapped)
    {
        byte[] bytes = tapped.Device == "lo" ? WithChecksum(tapped.Bytes) : tapped.Bytes;
        if (!PacketDecoder.TryDecode(bytes, default, out EthernetFrame? frame, out DecodeError error))
        {
            throw new InvalidOperationException(
                $"{tapped.Host}: a frame at {tapped.Device} is not understood ({error}): {Convert.ToHexString(bytes)}");
        }

        return new SeenFrame(
            tapped.Time, new InterfaceName(tapped.Host, tapped.Host, tapped.Device), tapped.Direction,
            WithPorts(frame!)); // True promises a frame.
    }

    // The ports of a first fragment, and of a quoted packet that was cut short, can be read all the same.
    private static EthernetFrame WithPorts(EthernetFrame frame) => frame.Payload switch
    {
        IPv4Packet { Payload: UdpDatagram { Data: VxlanPayload tunnel } udp } outer => frame with
        {
            Payload = outer with { Payload = udp with { Data = tunnel with { Frame = WithPorts(tunnel.Frame) } } },
        },
        IPv4Packet { Payload: IcmpMessage { Quoted: { } quoted } icmp } packet => frame with
        {
            Payload = packet with { Payload = icmp with { Quoted = WithPorts(quoted) } },
        },
        IPv4Packet packet => frame with { Payload = WithPorts(packet) },
        _ => frame,
    };

    private static IPv4Packet WithPorts(IPv4Packet packet)
    {
        if (packet is not { FragmentOffset: 0, Payload: OpaquePayload { Bytes.Length: >= 8 } opaque })
        {
            return packet;
        }

        ReadOnlySpan<byte> bytes = opaque.Bytes.Span;
        ushort source = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        ushort destination = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        TransportPayload? whole = opaque.Protocol switch
        {
            IPProtocol.Udp => new UdpDatagram(
                source, destination,
                new FillerPayload(BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) - UdpDatagram.HeaderLength)),
            IPProtocol.Tcp => new TcpSegment { SourcePort = source, DestinationPort = destination },
            IPProtocol.Icmp when packet.MoreFragments => new IcmpMessage
            {
                Type = (IcmpType)bytes[0], Code = bytes[1], Rest = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            },
            _ => null,
        };
        return whole is null ? packet
            : packet with { Payload = new FragmentPayload(whole, 0, opaque.WholeLength) };
    }

    // lo leaves TCP's and UDP's checksums to nobody, in what it carries and in what is quoted there.
    private static byte[] WithChecksum(byte[] bytes)
    {
        const int header = EthernetFrame.HeaderLength + IPv4Packet.HeaderLength;
        byte[] mended = [.. bytes];
        if (bytes.Length >= header
            && BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(12)) == (ushort)EtherType.IPv4)
        {
            Mend(mended.AsSpan(EthernetFrame.HeaderLength));
        }

        return mended;
    }

    private static void Mend(Span<byte> packet)
    {
        Span<byte> transport = packet[IPv4Packet.HeaderLength..BinaryPrimitives.ReadUInt16BigEndian(packet[2..])];
        var protocol = (IPProtocol)packet[9];
        if (protocol == IPProtocol.Icmp && transport[0] is (byte)IcmpType.DestinationUnreachable
            or (byte)IcmpType.TimeExceeded)
        {
            Span<byte> quoted = transport[IcmpMessage.HeaderLength..];
            if (BinaryPrimitives.ReadUInt16BigEndian(quoted[2..]) <= quoted.Length)
            {
                Mend(quoted);
            }

            Write(transport, 2, 0);
            return;
        }

        if (protocol is not (IPProtocol.Tcp or IPProtocol.Udp))
        {
            return;
        }

        byte[] pseudo = [0, (byte)protocol, (byte)(transport.Length >> 8), (byte)transport.Length];
        ulong sum = InternetChecksum.Add(InternetChecksum.Add(0, packet.Slice(12, 8)), pseudo);
        Write(transport, protocol == IPProtocol.Tcp ? 16 : 6, sum);
    }

    private static void Write(Span<byte> bytes, int place, ulong sum)
    {
        bytes.Slice(place, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(
            bytes[place..], InternetChecksum.Finish(InternetChecksum.Add(sum, bytes)));
    }
}
