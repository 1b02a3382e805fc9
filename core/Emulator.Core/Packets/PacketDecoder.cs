using System.Buffers.Binary;
using Emulator.Core.Addresses;

namespace Emulator.Core.Packets;

/// <summary>Bytes to frames and packets. Malformed bytes are refused with a reason, never with an exception.</summary>
/// <remarks>
/// Checksums are verified. What a capture cannot tell is given: the <see cref="PacketIdentity"/>. Left out: IPv4
/// options (refused), VLAN tags (refused), TCP's urgent pointer (ignored). Bytes after the IPv4 total length are
/// Ethernet padding.
/// A fragment, and a quoted packet that was cut short, carry an <see cref="OpaquePayload"/>.
/// </remarks>
public static class PacketDecoder
{
    /// <summary>Reads a frame.</summary>
    /// <param name="bytes">The frame without FCS.</param>
    /// <param name="identity">Who the packet is, and any packet inside it.</param>
    /// <param name="frame">The frame, or null where the bytes are refused.</param>
    /// <param name="error">Why they were refused.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, PacketIdentity identity, out EthernetFrame? frame, out DecodeError error)
    {
        frame = null;
        if (bytes.Length < EthernetFrame.HeaderLength)
        {
            error = DecodeError.TooShort;
            return false;
        }

        NetworkPacket? payload = null;
        ReadOnlySpan<byte> rest = bytes[EthernetFrame.HeaderLength..];
        switch ((EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]))
        {
            case EtherType.IPv4:
                error = DecodeIPv4(rest, identity, isQuoted: false, out IPv4Packet? packet);
                payload = packet;
                break;
            case EtherType.Arp:
                error = DecodeArp(rest, identity, out ArpPacket? arp);
                payload = arp;
                break;
            default:
                error = DecodeError.EtherTypeUnknown;
                break;
        }

        frame = payload is null ? null : new EthernetFrame(ReadMac(bytes[6..]), ReadMac(bytes), payload);
        return frame is not null;
    }

    /// <summary>Reads an IPv4 packet.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, PacketIdentity identity, out IPv4Packet? packet, out DecodeError error)
    {
        error = DecodeIPv4(bytes, identity, isQuoted: false, out packet);
        return packet is not null;
    }

    /// <summary>Reads what an IPv4 packet carries, such as what its fragments were joined to.</summary>
    /// <param name="packet">The packet whose addresses and identity count.</param>
    /// <param name="bytes">What it carries, whole.</param>
    /// <param name="payload">The payload, or null where the bytes are refused.</param>
    public static DecodeError DecodeTransport(
        IPv4Packet packet, ReadOnlySpan<byte> bytes, out TransportPayload? payload) =>
        TransportDecoder.Decode(
            packet.Protocol, bytes, true, bytes.Length, (packet.Source, packet.Destination, packet.Identity),
            out payload);

    /// <summary>Reads an IPv4 packet; a quoted one may be cut short anywhere after its header.</summary>
    internal static DecodeError DecodeIPv4(
        ReadOnlySpan<byte> bytes, PacketIdentity identity, bool isQuoted, out IPv4Packet? packet)
    {
        packet = null;
        if (bytes.Length < IPv4Packet.HeaderLength)
        {
            return DecodeError.TooShort;
        }

        if (bytes[0] != 0x45)
        {
            return bytes[0] >> 4 == 4 ? DecodeError.IPHeaderLength : DecodeError.IPVersion;
        }

        if (InternetChecksum.Of(bytes[..IPv4Packet.HeaderLength]) != 0)
        {
            return DecodeError.Checksum;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length < IPv4Packet.HeaderLength || (length > bytes.Length && !isQuoted))
        {
            return DecodeError.LengthMismatch;
        }

        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        int offset = (fragment & 0x1FFF) * 8;
        if (offset + length - IPv4Packet.HeaderLength > ushort.MaxValue)
        {
            return DecodeError.FragmentTooFar;
        }

        var source = new IPv4Address(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]));
        var destination = new IPv4Address(BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
        var protocol = (IPProtocol)bytes[9];
        ReadOnlySpan<byte> carried = bytes[IPv4Packet.HeaderLength..Math.Min(length, bytes.Length)];
        bool isWhole = (fragment & 0x3FFF) == 0 && length <= bytes.Length;
        DecodeError error = TransportDecoder.Decode(
            protocol, carried, isWhole, length - IPv4Packet.HeaderLength, (source, destination, identity),
            out TransportPayload? payload);
        if (payload is null)
        {
            return error;
        }

        packet = new IPv4Packet
        {
            Identity = identity,
            Source = source,
            Destination = destination,
            Payload = payload,
            TimeToLive = bytes[8],
            TypeOfService = bytes[1],
            Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            DontFragment = (fragment & 0x4000) != 0,
            MoreFragments = (fragment & 0x2000) != 0,
            FragmentOffset = (ushort)offset,
        };
        return DecodeError.None;
    }

    private static DecodeError DecodeArp(ReadOnlySpan<byte> bytes, PacketIdentity identity, out ArpPacket? arp)
    {
        arp = null;
        if (bytes.Length < 28)
        {
            return DecodeError.TooShort;
        }

        // Ethernet (1), IPv4 (0x0800), addresses of 6 and 4 bytes.
        var operation = (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != 0x0001_0800
            || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 0x0604
            || operation is not (ArpOperation.Request or ArpOperation.Reply))
        {
            return DecodeError.ArpUnknown;
        }

        arp = new ArpPacket(
            operation,
            ReadMac(bytes[8..]),
            new IPv4Address(BinaryPrimitives.ReadUInt32BigEndian(bytes[14..])),
            ReadMac(bytes[18..]),
            new IPv4Address(BinaryPrimitives.ReadUInt32BigEndian(bytes[24..])))
        { Identity = identity };
        return DecodeError.None;
    }

    private static MacAddress ReadMac(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32)
            | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));
}
