using Emulator.Core.Addresses;
using Emulator.Core.Canonical;

namespace Emulator.Core.Packets;

/// <summary>Frames and packets in the canonical encoding, with the identity that rides with each packet.</summary>
/// <remarks>The wire format is <see cref="PacketEncoder"/>'s; this one keeps what no wire carries.</remarks>
public static class FrameCodec
{
    private const byte Arp = 0;
    private const byte IPv4 = 1;

    /// <summary>Writes a frame.</summary>
    public static void Write(CanonicalWriter writer, EthernetFrame frame)
    {
        writer.Varint(frame.Source.Value);
        writer.Varint(frame.Destination.Value);
        Write(writer, frame.Payload);
    }

    /// <summary>Reads a frame.</summary>
    public static EthernetFrame ReadFrame(CanonicalReader reader)
    {
        var source = new MacAddress(reader.Varint());
        var destination = new MacAddress(reader.Varint());
        return new EthernetFrame(source, destination, ReadPacket(reader));
    }

    /// <summary>Writes a packet.</summary>
    public static void Write(CanonicalWriter writer, NetworkPacket packet)
    {
        switch (packet)
        {
            case IPv4Packet ip:
                writer.Byte(IPv4);
                WriteIdentity(writer, ip.Identity);
                WriteIPv4(writer, ip);
                break;
            case ArpPacket arp:
                writer.Byte(Arp);
                WriteIdentity(writer, arp.Identity);
                writer.Fixed16((ushort)arp.Operation);
                writer.Varint(arp.SenderMac.Value);
                writer.Fixed32(arp.SenderAddress.Value);
                writer.Varint(arp.TargetMac.Value);
                writer.Fixed32(arp.TargetAddress.Value);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(packet.GetType().Name);
        }
    }

    /// <summary>Reads a packet.</summary>
    public static NetworkPacket ReadPacket(CanonicalReader reader)
    {
        byte kind = reader.Byte();
        PacketIdentity identity = new(reader.Fixed64(), reader.Fixed64(), reader.Bool());
        return kind switch
        {
            IPv4 => ReadIPv4(reader, identity),
            Arp => new ArpPacket(
                (ArpOperation)reader.Fixed16(), new MacAddress(reader.Varint()), new IPv4Address(reader.Fixed32()),
                new MacAddress(reader.Varint()), new IPv4Address(reader.Fixed32())) { Identity = identity },
            _ => throw reader.Malformed($"{kind} is no kind of packet"),
        };
    }

    private static void WriteIdentity(CanonicalWriter writer, in PacketIdentity identity)
    {
        writer.Fixed64(identity.Packet);
        writer.Fixed64(identity.Flow);
        writer.Bool(identity.IsReply);
    }

    private static void WriteIPv4(CanonicalWriter writer, IPv4Packet packet)
    {
        writer.Fixed32(packet.Source.Value);
        writer.Fixed32(packet.Destination.Value);
        writer.Byte(packet.TimeToLive);
        writer.Byte(packet.TypeOfService);
        writer.Fixed16(packet.Identification);
        writer.Byte((byte)((packet.DontFragment ? 1 : 0) | (packet.MoreFragments ? 2 : 0)));
        writer.Fixed16(packet.FragmentOffset);
        TransportCodec.Write(writer, packet.Payload);
    }

    private static IPv4Packet ReadIPv4(CanonicalReader reader, in PacketIdentity identity)
    {
        var source = new IPv4Address(reader.Fixed32());
        var destination = new IPv4Address(reader.Fixed32());
        byte ttl = reader.Byte();
        byte tos = reader.Byte();
        ushort identification = reader.Fixed16();
        byte flags = reader.Byte();
        ushort offset = reader.Fixed16();
        return new IPv4Packet
        {
            Identity = identity,
            Source = source,
            Destination = destination,
            TimeToLive = ttl,
            TypeOfService = tos,
            Identification = identification,
            DontFragment = (flags & 1) != 0,
            MoreFragments = (flags & 2) != 0,
            FragmentOffset = offset,
            Payload = TransportCodec.Read(reader),
        };
    }
}
