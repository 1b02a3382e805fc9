using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;

namespace Emulator.Underlay.Tests;

public class WireTests
{
    private static readonly WireOptions Plain = new() { LatencyNanoseconds = 50_000 };
    private readonly ActorRef _sender = Frames.Root("node-1");
    private readonly ActorRef _receiver = Frames.Root("node-2");
    private readonly Outbox _outbox = new() { Seed = 9, Now = new SimTime(1_000_000) };

    [Fact]
    public void Delivers_a_frame_after_the_offset_and_the_latency_at_the_receivers_port()
    {
        EthernetFrame frame = Transmit(Wire(Plain));

        Assert.Equal([new Outgoing(_receiver, frame, 52_000, 3)], Frames.Sent(_outbox));
        Assert.Empty(Frames.Journal(_outbox));
    }

    // 1,250 bytes at 1 Mbit/s take 10 ms.
    [Fact]
    public void Frames_queue_behind_each_other_at_the_wires_rate()
    {
        Wire wire = Wire(Plain with { RateBitsPerSecond = 1_000_000 });
        Transmit(wire, 1_250);
        Transmit(wire, 1_250);
        _outbox.Now = new SimTime(16_000_000);
        Transmit(wire, 1_250);

        Assert.Equal([2_000 + 10_000_000 + 50_000, 2_000 + 20_000_000 + 50_000, 15_052_000], Delays());
    }

    [Fact]
    public void Transmission_time_is_rounded_up()
    {
        Transmit(Wire(Plain with { RateBitsPerSecond = 3_000_000_000 }), 100);

        // 800 bits at 3 bits a nanosecond take 266.7 ns.
        Assert.Equal([2_000 + 267 + 50_000], Delays());
    }

    [Fact]
    public void A_full_queue_drops_the_frame_and_takes_one_again_when_one_has_left()
    {
        Wire wire = Wire(Plain with { RateBitsPerSecond = 1_000_000, QueueLengthMax = 2 });
        for (int i = 0; i < 4; i++)
        {
            Transmit(wire, 1_250);
        }

        // One is being transmitted and two wait: the fourth is too many.
        Assert.Equal(3, _outbox.Sent.Length);
        Assert.Equal(["Dropped QdiscDrop @1002000"], Frames.Journal(_outbox));

        _outbox.Now = new SimTime(11_000_000);
        Transmit(wire, 1_250);
        Assert.Equal(4, _outbox.Sent.Length);
        Assert.Equal(1_002_000 + 40_000_000 + 50_000 - 11_000_000, Delays()[^1]);
    }

    [Fact]
    public void A_wire_that_is_down_ends_frames_with_LinkDown()
    {
        Transmit(Wire(Plain with { IsUp = false }));

        Assert.Empty(Frames.Sent(_outbox));
        Assert.Equal(["Dropped LinkDown @1002000"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Certain_loss_ends_every_frame_with_LinkLoss()
    {
        Transmit(Wire(Plain with { Loss = Ratio.One }));

        Assert.Empty(Frames.Sent(_outbox));
        Assert.Equal(["Dropped LinkLoss @1002000"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Certain_duplication_delivers_a_frame_twice_and_counts_the_copy()
    {
        EthernetFrame frame = Transmit(Wire(Plain with { Duplicate = Ratio.One }));

        Assert.Equal([frame, frame], Frames.Sent(_outbox).Select(outgoing => outgoing.Message));
        Assert.Equal(["Copied 1"], Frames.Journal(_outbox));
    }

    // Linux' netem_enqueue counts up for a duplicate and down for a loss: both together leave one frame.
    [Fact]
    public void Duplication_and_loss_together_leave_one_frame()
    {
        Transmit(Wire(Plain with { Duplicate = Ratio.One, Loss = Ratio.One }));

        Assert.Single(Frames.Sent(_outbox));
        Assert.Empty(Frames.Journal(_outbox));
    }

    [Fact]
    public void One_in_four_frames_is_lost_in_the_long_run()
    {
        Wire wire = Wire(Plain with { Loss = new Ratio(1, 4) });
        for (int i = 0; i < 10_000; i++)
        {
            Transmit(wire);
        }

        // 2,500 expected, standard deviation 43: four of them to either side. The seed is fixed, so the test is too.
        Assert.InRange(_outbox.Journal.Count, 2_328, 2_672);
    }

    [Fact]
    public void Jitter_and_extra_delay_come_on_top_of_the_latency_and_vary()
    {
        Wire wire = Wire(Plain with { JitterNanoseconds = 1_000, ExtraDelayNanoseconds = 5_000 });
        for (int i = 0; i < 1_000; i++)
        {
            Transmit(wire);
        }

        List<long> extra = [.. Delays().Select(delay => delay - 52_000 - 5_000)];
        Assert.All(extra, nanoseconds => Assert.InRange(nanoseconds, 0, 1_000));
        Assert.True(extra.Distinct().Count() > 500, "the jitter hardly varies");
    }

    [Fact]
    public void A_reordered_frame_skips_jitter_and_extra_delay()
    {
        Transmit(Wire(Plain with { JitterNanoseconds = 1_000, ExtraDelayNanoseconds = 5_000, Reorder = Ratio.One }));

        Assert.Equal([52_000], Delays());
    }

    [Fact]
    public void A_latency_of_zero_is_refused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Wire(Plain with { LatencyNanoseconds = 0 }));
        Assert.Equal(
            "node-1 to node-2: zero-latency link between machines (0 ns); give it at least 1 ns.", refusal.Message);
    }

    [Fact]
    public void A_latency_below_the_least_is_refused_and_above_it_taken()
    {
        Wire wire = Wire(Plain);
        Assert.Throws<ArgumentException>(() => wire.Change(Plain with { LatencyNanoseconds = 49_999 }, _outbox));

        wire.Change(Plain with { LatencyNanoseconds = 70_000 }, _outbox);
        Transmit(wire);
        Assert.Equal([72_000], Delays());
        Assert.Equal(50_000, wire.LeastLatencyNanoseconds);
    }

    [Fact]
    public void A_negative_jitter_is_refused_by_name()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Wire(Plain with { JitterNanoseconds = -1 }));
        Assert.Equal("node-1 to node-2: a jitter of -1 is below zero; give 0 or more.", refusal.Message);
    }

    [Fact]
    public void The_same_seed_draws_the_same_fate_and_duplication_does_not_change_whose_loss_it_is()
    {
        List<bool> Fates(WireOptions options)
        {
            Outbox outbox = new() { Seed = 4 };
            Wire wire = Wire(options);
            List<bool> fates = [];
            for (int i = 0; i < 200; i++)
            {
                wire.Transmit(Frames.Udp(Frames.Mac(1), Frames.Mac(2)), 0, Frames.Eth0(_sender), outbox);
                fates.Add(outbox.Sent.Length > 0);
                outbox.Clear();
            }

            return fates;
        }

        WireOptions lossy = Plain with { Loss = new Ratio(1, 3) };
        Assert.Equal(Fates(lossy), Fates(lossy));
        Assert.Equal(Fates(lossy), Fates(lossy with { JitterNanoseconds = 7 }));
        Assert.Contains(false, Fates(lossy));
    }

    [Fact]
    public void Details_tell_queueing_and_draws_only_when_asked_for()
    {
        _outbox.Journal.Detail = true;
        Wire wire = Wire(Plain with { RateBitsPerSecond = 1_000_000, Loss = new Ratio(1, 1_000_000) });
        Transmit(wire, 1_250);
        Transmit(wire, 1_250);

        List<JournalEntry> entries = [.. _outbox.Journal.Entries];
        Assert.Equal(
            [JournalKind.Draw, JournalKind.Queue, JournalKind.Draw, JournalKind.Queue], entries.Select(e => e.Kind));
        Assert.Equal((0L, 10_000_000L), (entries[1].A, entries[1].B));
        Assert.Equal((10_000_000L, 10_000_000L), (entries[3].A, entries[3].B));
        Assert.Equal(1_000_000L, entries[0].B);
    }

    private Wire Wire(WireOptions options) => new(_sender, _receiver, 3, options);

    private EthernetFrame Transmit(Wire wire, int length = 100)
    {
        EthernetFrame frame = Frames.Udp(Frames.Mac(1), Frames.Mac(2), length);
        wire.Transmit(frame, 2_000, Frames.Eth0(_sender), _outbox);
        return frame;
    }

    private long[] Delays() => [.. Frames.Sent(_outbox).Select(outgoing => outgoing.DelayNanoseconds)];
}
