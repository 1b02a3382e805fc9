using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Emulator.Core.Addresses;

namespace Emulator.Core.Packets;

/// <summary>Frames and packets as the bytes that a capture on Linux shows, with every checksum right.</summary>
/// <remarks>Source: IEEE 802.3, RFC 826, RFC 791; what is above IPv4 is <see cref="TransportEncoder"/>'s.</remarks>
public static class PacketEncoder
{
    /// <summary>Encodes a frame into the front of a span.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="destination">At least <see cref="EthernetFrame.Length"/> bytes; need not be zero.</param>
    /// <returns>The bytes written: the frame's length.</returns>
    /// <exception cref="ArgumentException">The span is too short, or a length does not fit its field.</exception>
    public static int Encode(EthernetFrame frame, Span<byte> destination)
    {
        int length = frame.Length;
        Span<byte> bytes = Front(destination, length);
        WriteMac(bytes, frame.Destination);
        WriteMac(bytes[6..], frame.Source);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[12..], (ushort)frame.Payload.EtherType);
        Span<byte> payload = bytes[EthernetFrame.HeaderLength..];
        switch (frame.Payload)
        {
            case IPv4Packet packet:
                Encode(packet, payload);
                break;
            case ArpPacket arp:
                Encode(arp, payload);
                break;
            default:
                throw new UnreachableException(frame.Payload.GetType().Name);
        }

        return length;
    }

    /// <summary>Appends a frame to a buffer.</summary>
    public static int Encode(EthernetFrame frame, IBufferWriter<byte> buffer)
    {
        int length = Encode(frame, buffer.GetSpan(frame.Length));
        buffer.Advance(length);
        return length;
    }

    /// <summary>Encodes an IPv4 packet, header checksum included.</summary>
    /// <returns>The bytes written: the packet's length.</returns>
    /// <exception cref="ArgumentException">The span is too short, or the packet is longer than 65,535
    /// bytes.</exception>
    public static int Encode(IPv4Packet packet, Span<byte> destination)
    {
        int length = packet.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ushort.MaxValue);
        Span<byte> bytes = Front(destination, length);
        bytes[0] = 0x45; // Version 4, five words of header.
        bytes[1] = packet.TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], packet.Identification);
        int flags = (packet.DontFragment ? 0x4000 : 0) | (packet.MoreFragments ? 0x2000 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(flags | (packet.FragmentOffset >> 3)));
        bytes[8] = packet.TimeToLive;
        bytes[9] = (byte)packet.Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], packet.Source.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], packet.Destination.Value);
        ushort checksum = InternetChecksum.Of(bytes[..IPv4Packet.HeaderLength]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], checksum);
        TransportEncoder.Encode(packet.Payload, packet.Source, packet.Destination, bytes[IPv4Packet.HeaderLength..]);
        return length;
    }

    /// <summary>Encodes an ARP packet, 28 bytes.</summary>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public static int Encode(ArpPacket arp, Span<byte> destination)
    {
        Span<byte> bytes = Front(destination, arp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, 1); // Hardware: Ethernet.
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)EtherType.IPv4);
        bytes[4] = 6;
        bytes[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)arp.Operation);
        WriteMac(bytes[8..], arp.SenderMac);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[14..], arp.SenderAddress.Value);
        WriteMac(bytes[18..], arp.TargetMac);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[24..], arp.TargetAddress.Value);
        return arp.Length;
    }

    private static Span<byte> Front(Span<byte> destination, int length) => destination.Length >= length
        ? destination[..length]
        : throw new ArgumentException($"{length} bytes do not fit into {destination.Length}.", nameof(destination));

    private static void WriteMac(Span<byte> bytes, MacAddress mac)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(mac.Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)mac.Value);
    }
}
