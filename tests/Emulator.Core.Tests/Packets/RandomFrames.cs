using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Core.Tests.Packets;

/// <summary>Frames of every kind from one number, so that a failure is repeated by its number.</summary>
internal sealed class RandomFrames(ulong seed)
{
    private RandomStream _dice = RandomStream.For(seed, new ActorId(1), "frames");

    public static PacketIdentity Identity => new(1, 2, true);

    public EthernetFrame Next() => new(Mac(), Mac(), Below(8) == 0 ? Arp() : Packet(0));

    public byte[] Bytes(int lengthMax)
    {
        var bytes = new byte[Below((uint)lengthMax + 1)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)_dice.NextUInt64();
        }

        return bytes;
    }

    public int Below(uint bound) => (int)_dice.NextBelow(bound);

    private IPv4Packet Packet(int depth)
    {
        IPv4Address source = Address();
        IPv4Address destination = Address();
        return new IPv4Packet
        {
            Identity = Identity,
            Source = source,
            Destination = destination,
            TimeToLive = (byte)Below(256),
            TypeOfService = (byte)Below(256),
            Identification = Port(),
            DontFragment = Below(2) == 0,
            Payload = Below(3) switch
            {
                0 => Udp(depth),
                1 => Tcp(),
                _ => Icmp(depth),
            },
        };
    }

    private ArpPacket Arp() =>
        new((ArpOperation)(1 + Below(2)), Mac(), Address(), Mac(), Address()) { Identity = Identity };

    private UdpDatagram Udp(int depth)
    {
        bool tunnel = depth < 2 && Below(2) == 0;
        Payload data = tunnel ? new VxlanPayload(Below(1 << 24), new EthernetFrame(Mac(), Mac(), Packet(depth + 1)))
            : Data();
        var destination = (ushort)(tunnel ? 8472 : Below(4000) + 1);
        return new UdpDatagram(Port(), destination, data) { NoChecksum = Below(2) == 0 };
    }

    private TcpSegment Tcp() => new()
    {
        SourcePort = Port(),
        DestinationPort = Port(),
        SequenceNumber = Word(),
        AcknowledgmentNumber = Word(),
        Flags = (TcpFlags)Below(64),
        Window = Port(),
        Data = Data(),
        Options = new TcpOptions
        {
            MaximumSegmentSize = Below(2) == 0 ? Port() : null,
            WindowScale = Below(2) == 0 ? (byte)Below(15) : null,
            SackPermitted = Below(2) == 0,
            Timestamps = Below(2) == 0 ? (Word(), Word()) : null,
            SackBlocks = Below(2) == 0 ? [new SackBlock(Word(), Word()), new SackBlock(Word(), Word())] : [],
        },
    };

    private IcmpMessage Icmp(int depth)
    {
        if (depth > 1 || Below(2) == 0)
        {
            IcmpType echo = Below(2) == 0 ? IcmpType.EchoRequest : IcmpType.EchoReply;
            return new IcmpMessage { Type = echo, Rest = Word(), Data = Data() };
        }

        IPv4Packet quoted = Packet(2);
        IcmpType type = Below(2) == 0 ? IcmpType.TimeExceeded : IcmpType.DestinationUnreachable;
        int length = IPv4Packet.HeaderLength + Below((uint)(quoted.Length - IPv4Packet.HeaderLength) + 1);
        return new IcmpMessage
        {
            Type = type, Code = (byte)Below(16), Rest = Word(), Quoted = quoted, QuotedLength = length,
        };
    }

    private Payload Data() => Below(2) == 0 ? new FillerPayload(Below(300)) : new BytesPayload(Bytes(300));

    private MacAddress Mac() => new(_dice.NextUInt64() >> 16);

    private IPv4Address Address() => new(Word());

    private uint Word() => (uint)_dice.NextUInt64();

    private ushort Port() => (ushort)_dice.NextUInt64();
}
