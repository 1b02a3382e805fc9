using System.Buffers.Binary;
using Emulator.Core.Packets;

namespace Emulator.Client.Fuzzing.Frames;

/// <summary>Makes lengths and checksums of damaged bytes right again, so that the damage gets past them.</summary>
internal static class ChecksumRepair
{
    /// <summary>Repairs a frame, and frames and packets inside it, as far as its bytes make sense.</summary>
    public static void RepairFrame(Span<byte> frame)
    {
        if (frame.Length > EthernetFrame.HeaderLength
            && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == (ushort)EtherType.IPv4)
        {
            RepairPacket(frame[EthernetFrame.HeaderLength..], isQuoted: false);
        }
    }

    private static void RepairPacket(Span<byte> packet, bool isQuoted)
    {
        int header = packet.Length == 0 ? 0 : (packet[0] & 15) * 4;
        if (header < IPv4Packet.HeaderLength || packet.Length < header)
        {
            return;
        }

        if (!isQuoted && packet.Length <= ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Of(packet[..header]));
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
        if (!isFragment && !isQuoted)
        {
            RepairTransport(packet[12..20], packet[9], packet[header..]);
        }
    }

    private static void RepairTransport(ReadOnlySpan<byte> addresses, byte protocol, Span<byte> bytes)
    {
        switch ((IPProtocol)protocol)
        {
            case IPProtocol.Udp when bytes.Length >= UdpDatagram.HeaderLength:
                bool isTunnel = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) is 4_789 or 8_472;
                if (isTunnel && bytes.Length > UdpDatagram.HeaderLength + VxlanPayload.HeaderLength)
                {
                    RepairFrame(bytes[(UdpDatagram.HeaderLength + VxlanPayload.HeaderLength)..]);
                }

                BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)bytes.Length);
                PutChecksum(addresses, protocol, bytes, 6);
                break;
            case IPProtocol.Tcp when bytes.Length >= TcpSegment.HeaderLength:
                PutChecksum(addresses, protocol, bytes, 16);
                break;
            case IPProtocol.Icmp when bytes.Length >= IcmpMessage.HeaderLength:
                RepairPacket(bytes[IcmpMessage.HeaderLength..], isQuoted: true);
                BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], 0);
                BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], InternetChecksum.Of(bytes));
                break;
            default:
                break;
        }
    }

    private static void PutChecksum(ReadOnlySpan<byte> addresses, byte protocol, Span<byte> bytes, int at)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], 0);
        ulong sum = InternetChecksum.Add((ulong)protocol + (ulong)bytes.Length, addresses);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], InternetChecksum.Finish(InternetChecksum.Add(sum, bytes)));
    }
}
