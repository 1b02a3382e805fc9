using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Emulator.Core.Addresses;

namespace Emulator.Core.Packets;

/// <summary>What an IPv4 packet carries, as bytes with the right checksum.</summary>
/// <remarks>Source: RFC 792 (ICMP), RFC 768 (UDP), RFC 9293 (TCP), RFC 7348 (VXLAN).</remarks>
public static class TransportEncoder
{
    /// <summary>Encodes a transport payload into a span of exactly its length.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="source">The IPv4 source, for the pseudo header.</param>
    /// <param name="destination">The IPv4 destination, for the pseudo header.</param>
    /// <param name="bytes">Where it goes; need not be zero.</param>
    /// <exception cref="ArgumentException">A length does not fit its field, or a piece lies outside of its
    /// whole.</exception>
    public static void Encode(TransportPayload payload, IPv4Address source, IPv4Address destination, Span<byte> bytes)
    {
        switch (payload)
        {
            case UdpDatagram udp:
                EncodeUdp(udp, source, destination, bytes);
                break;
            case TcpSegment tcp:
                EncodeTcp(tcp, source, destination, bytes);
                break;
            case IcmpMessage icmp:
                EncodeIcmp(icmp, bytes);
                break;
            case FragmentPayload fragment:
                EncodeFragment(fragment, source, destination, bytes);
                break;
            case OpaquePayload opaque:
                opaque.Bytes.Span.CopyTo(bytes);
                bytes[opaque.Bytes.Length..].Clear();
                break;
            default:
                throw new UnreachableException(payload.GetType().Name);
        }
    }

    /// <summary>Encodes the bytes above a transport header into a span of exactly their length.</summary>
    internal static void Encode(Payload payload, Span<byte> bytes)
    {
        switch (payload)
        {
            case BytesPayload written:
                written.Bytes.Span.CopyTo(bytes);
                break;
            case FillerPayload:
                bytes.Clear();
                break;
            case VxlanPayload vxlan:
                BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x0800_0000); // I: the identifier is valid.
                BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)vxlan.Vni << 8);
                PacketEncoder.Encode(vxlan.Frame, bytes[VxlanPayload.HeaderLength..]);
                break;
            default:
                throw new UnreachableException(payload.GetType().Name);
        }
    }

    private static void EncodeUdp(UdpDatagram udp, IPv4Address source, IPv4Address destination, Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, ushort.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, udp.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], udp.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], 0);
        Encode(udp.Data, bytes[UdpDatagram.HeaderLength..]);
        if (!udp.NoChecksum)
        {
            ushort checksum = Checksum(IPProtocol.Udp, source, destination, bytes);
            // Zero means "not computed", so a sum of zero is sent as its other form (RFC 768).
            BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], checksum == 0 ? ushort.MaxValue : checksum);
        }
    }

    private static void EncodeTcp(TcpSegment tcp, IPv4Address source, IPv4Address destination, Span<byte> bytes)
    {
        int headerLength = TcpSegment.HeaderLength + tcp.Options.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(headerLength, 60);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, tcp.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], tcp.DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], tcp.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], tcp.AcknowledgmentNumber);
        bytes[12] = (byte)(headerLength << 2);
        bytes[13] = (byte)tcp.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[14..], tcp.Window);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], 0); // Checksum, and the urgent pointer that nobody uses.
        TcpOptionsCodec.Write(tcp.Options, bytes[TcpSegment.HeaderLength..headerLength]);
        Encode(tcp.Data, bytes[headerLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[16..], Checksum(IPProtocol.Tcp, source, destination, bytes));
    }

    private static void EncodeIcmp(IcmpMessage icmp, Span<byte> bytes)
    {
        bytes[0] = (byte)icmp.Type;
        bytes[1] = icmp.Code;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], icmp.Rest);
        Span<byte> rest = bytes[IcmpMessage.HeaderLength..];
        if (icmp.Quoted is null)
        {
            Encode(icmp.Data, rest);
        }
        else
        {
            EncodeQuoted(icmp.Quoted, rest);
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], InternetChecksum.Of(bytes));
    }

    private static void EncodeQuoted(IPv4Packet quoted, Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, quoted.Length);
        byte[] whole = ArrayPool<byte>.Shared.Rent(quoted.Length);
        PacketEncoder.Encode(quoted, whole);
        whole.AsSpan(0, bytes.Length).CopyTo(bytes);
        ArrayPool<byte>.Shared.Return(whole);
    }

    private static void EncodeFragment(
        FragmentPayload fragment, IPv4Address source, IPv4Address destination, Span<byte> bytes)
    {
        int length = fragment.Whole.Length;
        byte[] whole = ArrayPool<byte>.Shared.Rent(length);
        Encode(fragment.Whole, source, destination, whole.AsSpan(0, length));
        whole.AsSpan(0, length).Slice(fragment.Offset, fragment.PieceLength).CopyTo(bytes);
        ArrayPool<byte>.Shared.Return(whole);
    }

    private static ushort Checksum(IPProtocol protocol, IPv4Address source, IPv4Address destination,
        ReadOnlySpan<byte> bytes)
    {
        ulong sum = InternetChecksum.AddPseudoHeader(source.Value, destination.Value, protocol, bytes.Length);
        return InternetChecksum.Finish(InternetChecksum.Add(sum, bytes));
    }
}
