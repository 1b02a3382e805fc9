using Emulator.Client.Fuzzing.Networks;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Client.Fuzzing.Frames;

/// <summary>Draws well-formed frames with odd contents: every field may hold what it can hold.</summary>
internal sealed class PacketMaker
{
    /// <summary>How deeply frames lie in tunnels, and packets in ICMP errors, at most.</summary>
    public const int DepthMax = 3;

    private static readonly byte[] TimesToLive = [64, 64, 64, 64, 63, 8, 3, 2, 1, 0, 255];

    private readonly Dice _dice;
    private readonly NetworkPlan _plan;
    private readonly TransportMaker _transports;

    public PacketMaker(Dice dice, NetworkPlan plan)
    {
        _dice = dice;
        _plan = plan;
        _transports = new TransportMaker(dice, this);
    }

    /// <summary>What packets carry.</summary>
    public TransportMaker Transports => _transports;

    /// <summary>A frame to a device.</summary>
    public EthernetFrame Frame(MacAddress device, PacketIdentity identity, int depth)
    {
        MacAddress to = _dice.Weighted(12, 2, 1, 1) switch
        {
            0 => device,
            1 => AnyMac(),
            2 => MacAddress.Broadcast,
            _ => new MacAddress(_dice.Long() & 0xFFFF_FFFF_FFFF),
        };
        NetworkPacket packet = _dice.OneIn(9) ? Arp(identity) : Packet(identity, depth);
        return new EthernetFrame(_dice.OneIn(30) ? MacAddress.Broadcast : AnyMac(), to, packet);
    }

    /// <summary>An IPv4 packet; it may be called a fragment of something larger.</summary>
    public IPv4Packet Packet(PacketIdentity identity, int depth) => new()
    {
        Identity = identity,
        Source = Address(),
        Destination = Address(),
        Payload = _transports.Make(identity, depth),
        TimeToLive = _dice.Pick(TimesToLive),
        TypeOfService = _dice.OneIn(6) ? _dice.Byte() : (byte)0,
        Identification = (ushort)_dice.Below(16),
        DontFragment = _dice.OneIn(3),
    };

    /// <summary>One of the network's hardware addresses.</summary>
    public MacAddress AnyMac() => _dice.Pick(_plan.Macs);

    /// <summary>One of the network's addresses, or one that is special or nobody's.</summary>
    public IPv4Address Address() => _dice.Weighted(70, 1, 3, 2) switch
    {
        0 => _dice.Pick(_plan.Addresses),
        1 => IPv4Address.From(10, 99, 0, _dice.Byte()),
        2 => _dice.Pick(
        [
            IPv4Address.Any, IPv4Address.Broadcast, IPv4Address.Loopback, IPv4Address.From(224, 0, 0, 1),
            _plan.Zones[0].Subnet.Last, _plan.Hosts[0].PodCidr.Last, IPv4Address.From(240, 0, 0, 1),
        ]),
        _ => new IPv4Address(_dice.Word()),
    };

    private ArpPacket Arp(PacketIdentity identity)
    {
        IPv4Address sender = Address();
        return new ArpPacket(
            _dice.OneIn(2) ? ArpOperation.Request : ArpOperation.Reply, AnyMac(), sender,
            _dice.OneIn(2) ? MacAddress.Zero : AnyMac(), _dice.OneIn(4) ? sender : Address()) { Identity = identity };
    }
}
