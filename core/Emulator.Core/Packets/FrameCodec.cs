using System.Buffers.Binary;
using Emulator.Core.Addresses;
using Emulator.Core.Canonical;

namespace Emulator.Core.Packets;

/// <summary>Frames and packets in the canonical encoding, with the identity that rides with each packet.</summary>
/// <remarks>The wire format is <see cref="PacketEncoder"/>'s; this one keeps what no wire carries.</remarks>
public static class FrameCodec
{
    private const byte Arp = 0;
    private const byte IPv4 = 1;
    private const int IdentityLength = 18;
    private const int HeaderLength = 15;
    private const int MacLength = 6;
    private const int ArpLength = 22;

    /// <summary>Writes a frame.</summary>
    public static void Write(CanonicalWriter writer, EthernetFrame frame)
    {
        Span<byte> bytes = writer.Next(2 * MacLength);
        WriteMac(bytes, frame.Source);
        WriteMac(bytes[MacLength..], frame.Destination);
        Write(writer, frame.Payload);
    }

    /// <summary>Reads a frame.</summary>
    public static EthernetFrame ReadFrame(CanonicalReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.Next(2 * MacLength);
        return new EthernetFrame(ReadMac(bytes), ReadMac(bytes[MacLength..]), ReadPacket(reader));
    }

    /// <summary>Writes a packet.</summary>
    public static void Write(CanonicalWriter writer, NetworkPacket packet)
    {
        switch (packet)
        {
            case IPv4Packet ip:
                WriteIPv4(writer, ip);
                break;
            case ArpPacket arp:
                WriteIdentity(writer.Next(IdentityLength), Arp, arp.Identity);
                WriteArp(writer.Next(ArpLength), arp);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(packet.GetType().Name);
        }
    }

    /// <summary>Reads a packet.</summary>
    public static NetworkPacket ReadPacket(CanonicalReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.Next(IdentityLength);
        PacketIdentity identity = new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[9..]),
            reader.Bool(bytes[17]));
        return bytes[0] switch
        {
            IPv4 => ReadIPv4(reader, identity),
            Arp => ReadArp(reader.Next(ArpLength), identity),
            byte kind => throw reader.Malformed($"{kind} is no kind of packet"),
        };
    }

    // operation(2) sender(6 + 4) target(6 + 4)
    private static void WriteArp(Span<byte> bytes, ArpPacket arp)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)arp.Operation);
        WriteMac(bytes[2..], arp.SenderMac);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], arp.SenderAddress.Value);
        WriteMac(bytes[12..], arp.TargetMac);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[18..], arp.TargetAddress.Value);
    }

    private static ArpPacket ReadArp(ReadOnlySpan<byte> bytes, in PacketIdentity identity) => new(
        (ArpOperation)BinaryPrimitives.ReadUInt16LittleEndian(bytes), ReadMac(bytes[2..]),
        new IPv4Address(BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])), ReadMac(bytes[12..]),
        new IPv4Address(BinaryPrimitives.ReadUInt32LittleEndian(bytes[18..]))) { Identity = identity };

    private static void WriteMac(Span<byte> bytes, MacAddress mac)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)mac.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], (ushort)(mac.Value >> 32));
    }

    private static MacAddress ReadMac(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes)
            | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 32));

    // kind(1) packet(8) flow(8) reply(1)
    private static void WriteIdentity(Span<byte> bytes, byte kind, in PacketIdentity identity)
    {
        bytes[0] = kind;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[1..], identity.Packet);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[9..], identity.Flow);
        bytes[17] = identity.IsReply ? (byte)1 : (byte)0;
    }

    // source(4) destination(4) ttl(1) tos(1) identification(2) flags(1) offset(2)
    private static void WriteIPv4(CanonicalWriter writer, IPv4Packet packet)
    {
        Span<byte> bytes = writer.Next(IdentityLength + HeaderLength);
        WriteIdentity(bytes, IPv4, packet.Identity);
        bytes = bytes[IdentityLength..];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, packet.Source.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], packet.Destination.Value);
        bytes[8] = packet.TimeToLive;
        bytes[9] = packet.TypeOfService;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], packet.Identification);
        bytes[12] = (byte)((packet.DontFragment ? 1 : 0) | (packet.MoreFragments ? 2 : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[13..], packet.FragmentOffset);
        TransportCodec.Write(writer, packet.Payload);
    }

    private static IPv4Packet ReadIPv4(CanonicalReader reader, in PacketIdentity identity)
    {
        ReadOnlySpan<byte> bytes = reader.Next(HeaderLength);
        return new IPv4Packet
        {
            Identity = identity,
            Source = new IPv4Address(BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
            Destination = new IPv4Address(BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])),
            TimeToLive = bytes[8],
            TypeOfService = bytes[9],
            Identification = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
            DontFragment = (bytes[12] & 1) != 0,
            MoreFragments = (bytes[12] & 2) != 0,
            FragmentOffset = BinaryPrimitives.ReadUInt16LittleEndian(bytes[13..]),
            Payload = TransportCodec.Read(reader),
        };
    }
}
