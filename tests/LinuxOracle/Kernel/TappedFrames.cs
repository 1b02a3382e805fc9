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
            _ => null,
        };
        return whole is null ? packet
            : packet with { Payload = new FragmentPayload(whole, 0, opaque.WholeLength) };
    }

    // lo leaves TCP's and UDP's checksums to nobody.
    private static byte[] WithChecksum(byte[] bytes)
    {
        const int header = EthernetFrame.HeaderLength;
        int place = bytes.Length < header + IPv4Packet.HeaderLength ? 0 : (IPProtocol)bytes[header + 9] switch
        {
            IPProtocol.Tcp => 16,
            IPProtocol.Udp => 6,
            _ => 0,
        };
        if (place == 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(12)) != (ushort)EtherType.IPv4)
        {
            return bytes;
        }

        byte[] mended = [.. bytes];
        Span<byte> transport = mended.AsSpan(header + IPv4Packet.HeaderLength);
        transport.Slice(place, 2).Clear();
        byte[] pseudo = [0, bytes[header + 9], (byte)(transport.Length >> 8), (byte)transport.Length];
        ulong sum = InternetChecksum.Add(InternetChecksum.Add(0, bytes.AsSpan(header + 12, 8)), pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(
            transport[place..], InternetChecksum.Finish(InternetChecksum.Add(sum, transport)));
        return mended;
    }
}
