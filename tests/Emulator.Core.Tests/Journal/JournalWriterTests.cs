using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;

namespace Emulator.Core.Tests.Journal;

public sealed class JournalWriterTests
{
    private readonly ActorRef _actor = new("node/n1", "1", new MachineRef("n1", "zone-a"));
    private readonly Outbox _outbox = new() { Now = new SimTime(1_000) };

    private static readonly IPv4Packet Packet = new()
    {
        Identity = new PacketIdentity(7, 8, true),
        Source = IPv4Address.From(10, 0, 0, 1),
        Destination = IPv4Address.From(10, 0, 0, 2),
        TimeToLive = 63,
        Payload = new UdpDatagram(0x1234, 0x5678, new FillerPayload(4)),
    };

    [Fact]
    public void Packs_a_hop_into_figures()
    {
        var at = new InterfaceName("n1", "n1", "eth0");
        var frame = new EthernetFrame(new MacAddress(1), new MacAddress(2), Packet);
        _outbox.Hop(_actor, at, Direction.Out, frame, 500);
        JournalEntry entry = Assert.Single(_outbox.Journal.Entries.ToArray());

        Assert.Equal((JournalKind.Hop, Direction.Out, 1_500L), (entry.Kind, entry.Direction, entry.TimeNanoseconds));
        Assert.Equal((7ul, 8ul, true), (entry.Packet, entry.Flow, entry.IsReply));
        Assert.Equal(0x0A00_0001_0A00_0002, entry.A);
        Assert.Equal((63L << 40) | (17L << 32) | 0x1234_5678, entry.B);
        Assert.Equal(14 + 20 + 8 + 4, entry.Length);
        Assert.Same(frame, entry.Subject);
    }

    [Fact]
    public void Names_the_cause_of_a_drop_and_else_the_packet()
    {
        _outbox.Dropped(_actor, Packet, DropReason.NetfilterDrop, "-A FORWARD -j DROP");
        _outbox.Dropped(_actor, Packet, DropReason.NoRoute);
        JournalEntry[] entries = _outbox.Journal.Entries.ToArray();

        Assert.Equal(["-A FORWARD -j DROP", Packet], entries.Select(e => e.Subject));
        Assert.Equal([DropReason.NetfilterDrop, DropReason.NoRoute], entries.Select(e => e.Reason));
    }

    [Fact]
    public void Counts_copies_and_fragments()
    {
        _outbox.Copied(_actor, Packet, 3);
        _outbox.Fragmented(_actor, Packet, 2);
        _outbox.Absorbed(_actor, Packet, 1);

        Assert.Equal(
            [(JournalKind.Copied, 3L), (JournalKind.Fragmented, 2L), (JournalKind.Absorbed, 1L)],
            _outbox.Journal.Entries.ToArray().Select(e => (e.Kind, e.A)));
    }

    [Fact]
    public void Keeps_every_entry_however_many_and_forgets_them_when_told()
    {
        for (int i = 0; i < 3_000; i++)
        {
            _outbox.Copied(_actor, Packet, i);
        }

        Assert.Equal(Enumerable.Range(0, 3_000).Select(i => (long)i),
            _outbox.Journal.Entries.ToArray().Select(e => e.A));
        _outbox.Journal.Clear();
        Assert.Equal(0, _outbox.Journal.Count);
    }
}
