using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Underlay.Tests;

/// <summary>Frames, actors and readings of an outbox that the tests share.</summary>
internal static class Frames
{
    public static ActorRef Root(string machine, string zone = "zone-a") =>
        new($"node/{machine}", "", new MachineRef(machine, zone));

    public static MacAddress Mac(int last) => new(0x0200_0000_0000 + (ulong)last);

    /// <summary>A UDP packet whose frame has the given length, 42 bytes or more.</summary>
    public static EthernetFrame Udp(
        MacAddress from,
        MacAddress to,
        int length = 100,
        string source = "10.0.0.1",
        string destination = "10.0.0.2",
        byte ttl = 64) =>
        new(from, to, new IPv4Packet
        {
            Identity = new PacketIdentity(77, 5, false),
            Source = IPv4Address.Parse(source),
            Destination = IPv4Address.Parse(destination),
            TimeToLive = ttl,
            Payload = new UdpDatagram(1000, 2000, new FillerPayload(length - 42)),
        });

    public static EthernetFrame ArpRequest(MacAddress from, string sender, string target) =>
        new(from, MacAddress.Broadcast, new ArpPacket(
            ArpOperation.Request, from, IPv4Address.Parse(sender), MacAddress.Zero, IPv4Address.Parse(target))
        {
            Identity = new PacketIdentity(78, 6, false),
        });

    public static InterfaceName Eth0(ActorRef actor) => new(actor.Machine.Name, actor.Machine.Name, "eth0");

    /// <summary>The journal as short texts: kind, interface or reason, and time.</summary>
    public static List<string> Journal(Outbox outbox)
    {
        List<string> texts = [];
        foreach (ref readonly JournalEntry entry in outbox.Journal.Entries)
        {
            texts.Add(entry.Kind switch
            {
                JournalKind.Hop => $"{entry.Interface} {entry.Direction} @{entry.TimeNanoseconds}",
                JournalKind.Dropped => $"Dropped {entry.Reason} @{entry.TimeNanoseconds}",
                JournalKind.Copied => $"Copied {entry.A}",
                _ => $"{entry.Kind}",
            });
        }

        return texts;
    }

    public static List<Outgoing> Sent(Outbox outbox) => [.. outbox.Sent];
}
