using System.Buffers.Binary;
using Emulator.Core.Addresses;

namespace Emulator.Core.Packets;

/// <summary>Bytes to transport payloads; the other half of <see cref="PacketDecoder"/>.</summary>
/// <remarks>Source: RFC 792 (ICMP), RFC 768 (UDP), RFC 9293 (TCP), RFC 7348 (VXLAN, ports 4789 and 8472).</remarks>
internal static class TransportDecoder
{
    /// <summary>Reads what an IPv4 packet carries.</summary>
    /// <param name="protocol">The header's protocol.</param>
    /// <param name="bytes">What is there.</param>
    /// <param name="isWhole">False for a fragment and for a packet cut short.</param>
    /// <param name="wholeLength">How many bytes the packet says it carries.</param>
    /// <param name="header">Addresses for the pseudo header, and whose packet it is.</param>
    /// <param name="payload">The payload, or null where the bytes are refused.</param>
    public static DecodeError Decode(
        IPProtocol protocol, ReadOnlySpan<byte> bytes, bool isWhole, int wholeLength,
        (IPv4Address Source, IPv4Address Destination, PacketIdentity Identity) header, out TransportPayload? payload)
    {
        payload = null;
        if (protocol is not (IPProtocol.Icmp or IPProtocol.Udp or IPProtocol.Tcp))
        {
            return DecodeError.ProtocolUnknown;
        }

        if (!isWhole)
        {
            payload = new OpaquePayload(protocol, bytes.ToArray(), wholeLength);
            return DecodeError.None;
        }

        ulong pseudoHeader = InternetChecksum.AddPseudoHeader(
            header.Source.Value, header.Destination.Value, protocol, bytes.Length);
        return protocol switch
        {
            IPProtocol.Icmp => DecodeIcmp(bytes, header.Identity, out payload),
            IPProtocol.Udp => DecodeUdp(bytes, pseudoHeader, header.Identity, out payload),
            _ => DecodeTcp(bytes, pseudoHeader, out payload),
        };
    }

    private static DecodeError DecodeUdp(
        ReadOnlySpan<byte> bytes, ulong pseudoHeader, PacketIdentity identity, out TransportPayload? payload)
    {
        payload = null;
        if (bytes.Length < UdpDatagram.HeaderLength)
        {
            return DecodeError.TooShort;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != bytes.Length)
        {
            return DecodeError.LengthMismatch;
        }

        bool noChecksum = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) == 0;
        if (!noChecksum && InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, bytes)) != 0)
        {
            return DecodeError.Checksum;
        }

        ushort destinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        ReadOnlySpan<byte> rest = bytes[UdpDatagram.HeaderLength..];
        Payload? data = null;
        DecodeError error = DecodeError.None;
        if (destinationPort is 4789 or 8472)
        {
            error = DecodeVxlan(rest, identity, out data);
        }
        else
        {
            data = new BytesPayload(rest.ToArray());
        }

        if (data is not null)
        {
            ushort sourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            payload = new UdpDatagram(sourcePort, destinationPort, data) { NoChecksum = noChecksum };
        }

        return error;
    }

    private static DecodeError DecodeVxlan(ReadOnlySpan<byte> bytes, PacketIdentity identity, out Payload? data)
    {
        data = null;
        if (bytes.Length < VxlanPayload.HeaderLength)
        {
            return DecodeError.TooShort;
        }

        if ((bytes[0] & 8) == 0)
        {
            return DecodeError.VxlanHeader;
        }

        int vni = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8);
        if (PacketDecoder.TryDecode(bytes[8..], identity, out EthernetFrame? frame, out DecodeError error))
        {
            data = new VxlanPayload(vni, frame!); // True promises a frame.
        }

        return error;
    }

    private static DecodeError DecodeTcp(ReadOnlySpan<byte> bytes, ulong pseudoHeader, out TransportPayload? payload)
    {
        payload = null;
        if (bytes.Length < TcpSegment.HeaderLength)
        {
            return DecodeError.TooShort;
        }

        int headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < TcpSegment.HeaderLength || headerLength > bytes.Length)
        {
            return DecodeError.TcpHeader;
        }

        if (InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, bytes)) != 0)
        {
            return DecodeError.Checksum;
        }

        if (!TcpOptionsCodec.TryRead(bytes[TcpSegment.HeaderLength..headerLength], out TcpOptions options))
        {
            return DecodeError.TcpHeader;
        }

        payload = new TcpSegment
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            SequenceNumber = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            AcknowledgmentNumber = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            Flags = (TcpFlags)bytes[13],
            Window = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]),
            Options = options,
            Data = new BytesPayload(bytes[headerLength..].ToArray()),
        };
        return DecodeError.None;
    }

    private static DecodeError DecodeIcmp(ReadOnlySpan<byte> bytes, PacketIdentity identity,
        out TransportPayload? payload)
    {
        payload = null;
        if (bytes.Length < IcmpMessage.HeaderLength)
        {
            return DecodeError.TooShort;
        }

        if (InternetChecksum.Of(bytes) != 0)
        {
            return DecodeError.Checksum;
        }

        var message = new IcmpMessage
        {
            Type = (IcmpType)bytes[0],
            Code = bytes[1],
            Rest = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
        };
        ReadOnlySpan<byte> rest = bytes[IcmpMessage.HeaderLength..];
        if (message.Type is IcmpType.EchoRequest or IcmpType.EchoReply)
        {
            payload = message with { Data = new BytesPayload(rest.ToArray()) };
            return DecodeError.None;
        }

        if (!message.IsError)
        {
            return DecodeError.IcmpTypeUnknown;
        }

        DecodeError error = PacketDecoder.DecodeIPv4(rest, identity, isQuoted: true, out IPv4Packet? quoted);
        if (quoted is not null)
        {
            payload = message with { Quoted = quoted, QuotedLength = Math.Min(rest.Length, quoted.Length) };
        }

        return error;
    }
}
