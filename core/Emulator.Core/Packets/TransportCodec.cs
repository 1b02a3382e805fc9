using System.Buffers.Binary;
using Emulator.Core.Canonical;

namespace Emulator.Core.Packets;

/// <summary>What IPv4 packets carry, in the canonical encoding.</summary>
public static class TransportCodec
{
    private const byte Udp = 0;
    private const byte Tcp = 1;
    private const byte Icmp = 2;
    private const byte Fragment = 3;
    private const byte Opaque = 4;
    private const byte Filler = 0;
    private const byte Bytes = 1;
    private const byte Vxlan = 2;
    private const int UdpLength = 5;

    /// <summary>Writes a transport payload.</summary>
    public static void Write(CanonicalWriter writer, TransportPayload payload)
    {
        switch (payload)
        {
            case UdpDatagram udp:
                Span<byte> bytes = writer.Next(1 + UdpLength);
                bytes[0] = Udp;
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[1..], udp.SourcePort);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[3..], udp.DestinationPort);
                bytes[5] = udp.NoChecksum ? (byte)1 : (byte)0;
                WriteData(writer, udp.Data);
                break;
            case TcpSegment tcp:
                writer.Byte(Tcp);
                WriteTcp(writer, tcp);
                break;
            case IcmpMessage icmp:
                writer.Byte(Icmp);
                WriteIcmp(writer, icmp);
                break;
            case FragmentPayload fragment:
                writer.Byte(Fragment);
                writer.Shared(fragment.Whole, Write);
                writer.Varint((ulong)fragment.Offset);
                writer.Varint((ulong)fragment.PieceLength);
                break;
            case OpaquePayload opaque:
                writer.Byte(Opaque);
                writer.Byte((byte)opaque.Protocol);
                writer.Bytes(opaque.Bytes.Span);
                writer.Varint((ulong)opaque.WholeLength);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(payload.GetType().Name);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static TransportPayload Read(CanonicalReader reader) => reader.Byte() switch
    {
        Udp => ReadUdp(reader),
        Tcp => ReadTcp(reader),
        Icmp => ReadIcmp(reader),
        Fragment => new FragmentPayload(
            reader.Shared(Read) ?? throw reader.Malformed("a fragment is of nothing"), reader.Int32(), reader.Int32()),
        Opaque => new OpaquePayload((IPProtocol)reader.Byte(), reader.Bytes(), reader.Int32()),
        byte other => throw reader.Malformed($"{other} is no kind of transport"),
    };

    /// <summary>Writes the bytes above a transport header.</summary>
    public static void WriteData(CanonicalWriter writer, Payload data)
    {
        switch (data)
        {
            case FillerPayload filler:
                writer.Byte(Filler);
                writer.Varint((ulong)filler.ByteCount);
                break;
            case BytesPayload bytes:
                writer.Byte(Bytes);
                writer.Bytes(bytes.Bytes.Span);
                break;
            case VxlanPayload vxlan:
                writer.Byte(Vxlan);
                writer.Varint((ulong)vxlan.Vni);
                FrameCodec.Write(writer, vxlan.Frame);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(data.GetType().Name);
        }
    }

    /// <summary>Reads what <see cref="WriteData"/> wrote.</summary>
    public static Payload ReadData(CanonicalReader reader) => reader.Byte() switch
    {
        Filler => reader.Int32() is int count and > 0 ? new FillerPayload(count) : Payload.Empty,
        Bytes => new BytesPayload(reader.Bytes()),
        Vxlan => new VxlanPayload(reader.Int32(), reader.Nested(FrameCodec.ReadFrame)),
        byte other => throw reader.Malformed($"{other} is no kind of payload"),
    };

    private static UdpDatagram ReadUdp(CanonicalReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.Next(UdpLength);
        ushort source = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        ushort destination = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        bool noChecksum = reader.Bool(bytes[4]);
        return new UdpDatagram(source, destination, ReadData(reader)) { NoChecksum = noChecksum };
    }

    private static void WriteTcp(CanonicalWriter writer, TcpSegment tcp)
    {
        writer.Fixed16(tcp.SourcePort);
        writer.Fixed16(tcp.DestinationPort);
        writer.Fixed32(tcp.SequenceNumber);
        writer.Fixed32(tcp.AcknowledgmentNumber);
        writer.Byte((byte)tcp.Flags);
        writer.Fixed16(tcp.Window);
        WriteOptions(writer, tcp.Options);
        WriteData(writer, tcp.Data);
    }

    private static TcpSegment ReadTcp(CanonicalReader reader) => new()
    {
        SourcePort = reader.Fixed16(),
        DestinationPort = reader.Fixed16(),
        SequenceNumber = reader.Fixed32(),
        AcknowledgmentNumber = reader.Fixed32(),
        Flags = (TcpFlags)reader.Byte(),
        Window = reader.Fixed16(),
        Options = ReadOptions(reader),
        Data = ReadData(reader),
    };

    private static void WriteOptions(CanonicalWriter writer, TcpOptions options)
    {
        writer.Byte((byte)((options.MaximumSegmentSize is null ? 0 : 1) | (options.WindowScale is null ? 0 : 2)
            | (options.SackPermitted ? 4 : 0) | (options.Timestamps is null ? 0 : 8)
            | (options.SackBlocks.Count << 4)));
        if (options.MaximumSegmentSize is ushort size)
        {
            writer.Fixed16(size);
        }

        if (options.WindowScale is byte scale)
        {
            writer.Byte(scale);
        }

        if (options.Timestamps is { } timestamps)
        {
            writer.Fixed32(timestamps.Value);
            writer.Fixed32(timestamps.EchoReply);
        }

        foreach (SackBlock block in options.SackBlocks)
        {
            writer.Fixed32(block.Start);
            writer.Fixed32(block.End);
        }
    }

    private static TcpOptions ReadOptions(CanonicalReader reader)
    {
        byte which = reader.Byte();
        if (which == 0)
        {
            return TcpOptions.None;
        }

        ushort? size = (which & 1) != 0 ? reader.Fixed16() : null;
        byte? scale = (which & 2) != 0 ? reader.Byte() : null;
        (uint, uint)? timestamps = (which & 8) != 0 ? (reader.Fixed32(), reader.Fixed32()) : null;
        SackBlock[] blocks = (which >> 4) == 0 ? [] : new SackBlock[which >> 4];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new SackBlock(reader.Fixed32(), reader.Fixed32());
        }

        return new TcpOptions
        {
            MaximumSegmentSize = size,
            WindowScale = scale,
            SackPermitted = (which & 4) != 0,
            Timestamps = timestamps,
            SackBlocks = blocks,
        };
    }

    private static void WriteIcmp(CanonicalWriter writer, IcmpMessage icmp)
    {
        writer.Byte((byte)icmp.Type);
        writer.Byte(icmp.Code);
        writer.Fixed32(icmp.Rest);
        writer.Varint((ulong)icmp.QuotedLength);
        writer.Bool(icmp.Quoted is not null);
        if (icmp.Quoted is not null)
        {
            FrameCodec.Write(writer, icmp.Quoted);
        }

        WriteData(writer, icmp.Data);
    }

    private static IcmpMessage ReadIcmp(CanonicalReader reader)
    {
        var type = (IcmpType)reader.Byte();
        byte code = reader.Byte();
        uint rest = reader.Fixed32();
        int quotedLength = reader.Int32();
        IPv4Packet? quoted = !reader.Bool() ? null
            : reader.Nested(FrameCodec.ReadPacket) as IPv4Packet ?? throw reader.Malformed("an ICMP error quotes ARP");
        return new IcmpMessage
        {
            Type = type,
            Code = code,
            Rest = rest,
            QuotedLength = quotedLength,
            Quoted = quoted,
            Data = ReadData(reader),
        };
    }
}
