using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Linux.Tests;

/// <summary>Frames and actors that tests build with.</summary>
internal static class Frames
{
    public static readonly MachineRef Machine = new("n1", "a");

    public static ActorRef Actor(string name) => new(name, "", Machine);

    public static MacAddress Mac(int last) => new(0x0a58_0af4_0100UL + (uint)last);

    public static IPv4Address IP(string text) => IPv4Address.Parse(text);

    public static IPv4Packet Udp(string source, string destination, int length = 4, byte ttl = 64) => new()
    {
        Identity = new PacketIdentity(1, 7, false),
        Source = IP(source),
        Destination = IP(destination),
        TimeToLive = ttl,
        Payload = new UdpDatagram(4000, 53, new FillerPayload(length)),
    };

    public static EthernetFrame Frame(int from, MacAddress to, NetworkPacket payload) => new(Mac(from), to, payload);

    public static ArpPacket Arp(string asks, string forWhom) => new(
        ArpOperation.Request, Mac(2), IP(asks), MacAddress.Zero, IP(forWhom))
    {
        Identity = new PacketIdentity(2, 0, false),
    };
}
