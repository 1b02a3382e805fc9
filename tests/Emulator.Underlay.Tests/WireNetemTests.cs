using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay.Tests;

/// <summary>A wire with tc's disciplines on it: times, drops, copies and the ledger's entries.</summary>
public class WireNetemTests
{
    private static readonly WireOptions Plain = new() { LatencyNanoseconds = 50_000 };
    private readonly ActorRef _sender = Frames.Root("node-1");
    private readonly ActorRef _receiver = Frames.Root("node-2");
    private readonly Outbox _outbox = new() { Seed = 9, Now = new SimTime(1_000_000) };

    [Fact]
    public void A_delay_comes_on_top_of_the_latency()
    {
        Transmit(Wire(Plain with { Netem = new NetemOptions { DelayNanoseconds = 7_000 } }));

        Assert.Equal([2_000 + 50_000 + 7_000], Delays());
    }

    [Fact]
    public void No_jitter_makes_a_frame_arrive_before_the_least_latency()
    {
        Wire wire = Wire(Plain with { Netem = new NetemOptions { DelayNanoseconds = 1, JitterNanoseconds = 100_000 } });
        for (int i = 0; i < 1_000; i++)
        {
            Transmit(wire);
        }

        Assert.Equal(52_000, Delays().Min());
    }

    [Fact]
    public void A_frame_lost_a_frame_too_many_and_a_damaged_one_end_with_their_reasons()
    {
        Transmit(Wire(Plain with { Netem = new() { Loss = new RandomLoss(Probability.Always, default) } }));
        Wire full = Wire(Plain with { Netem = new NetemOptions { DelayNanoseconds = 1_000_000, Limit = 1 } });
        Transmit(full);
        Transmit(full);
        Wire tight = Wire(Plain with { Tbf = new() { RateBytesPerSecond = 1, BurstBytes = 200, LimitBytes = 99 } });
        Transmit(tight);

        Assert.Single(Frames.Sent(_outbox));
        Assert.Equal(
            ["Dropped LinkLoss @1002000", "Dropped QdiscDrop @1002000", "Dropped QdiscDrop @1002000"],
            Frames.Journal(_outbox));
    }

    [Fact]
    public void A_copy_is_counted_and_arrives_too()
    {
        EthernetFrame frame = Transmit(Wire(Plain with { Netem = new() { Duplicate = Probability.Always } }));

        Assert.Equal([frame, frame], Frames.Sent(_outbox).Select(outgoing => outgoing.Message));
        Assert.Equal(["Copied 1"], Frames.Journal(_outbox));
    }

    // Of 1,000 damaged frames each arrives changed or ends with a checksum's reason; none vanishes.
    [Fact]
    public void Damaged_frames_arrive_changed_or_end_once()
    {
        Wire wire = Wire(Plain with { Netem = new() { Corrupt = Probability.Always } });
        EthernetFrame sound = Transmit(wire);
        for (int i = 1; i < 1_000; i++)
        {
            Transmit(wire);
        }

        Assert.All(Frames.Sent(_outbox), outgoing => Assert.NotEqual(sound, outgoing.Message));
        Assert.Equal(1_000, Frames.Sent(_outbox).Count + Frames.Journal(_outbox).Count(e => e.StartsWith("Dropped ")));

        // Twelve of a hundred bytes are addresses: 120, standard deviation 10.3.
        Assert.InRange(Frames.Sent(_outbox).Count, 79, 161);
    }

    [Fact]
    public void A_token_bucket_paces_frames()
    {
        Wire wire = Wire(Plain with
        {
            Tbf = new TbfOptions { RateBytesPerSecond = 100_000, BurstBytes = 100, LimitBytes = 1_000 },
        });
        Transmit(wire);
        Transmit(wire);

        Assert.Equal([52_000, 52_000 + 1_000_000], Delays());
    }

    [Fact]
    public void Options_that_did_not_change_keep_their_state_and_others_begin_anew()
    {
        var options = Plain with
        {
            Netem = new NetemOptions { DelayNanoseconds = 1_000_000, Limit = 1 },
        };
        Wire wire = Wire(options);
        Transmit(wire);
        wire.Change(options with { Loss = new Ratio(0, 5) }, _outbox);
        Transmit(wire);
        wire.Change(options with { Netem = options.Netem with { Limit = 2 } }, _outbox);
        Transmit(wire);

        Assert.Equal(2, Frames.Sent(_outbox).Count);
        Assert.Equal(["Dropped QdiscDrop @1002000"], Frames.Journal(_outbox));
    }

    // tbf_change: the bucket is full, and the frame after those that wait goes with the last of them.
    [Fact]
    public void Frames_that_wait_for_tokens_keep_their_turn_when_the_rate_changes()
    {
        var slow = new TbfOptions { RateBytesPerSecond = 100_000, BurstBytes = 100, LimitBytes = 1_000 };
        Wire wire = Wire(Plain with { Tbf = slow });
        Transmit(wire);
        Transmit(wire);
        Transmit(wire);
        wire.Change(Plain with { Tbf = slow with { RateBytesPerSecond = 200_000 } }, _outbox);
        Transmit(wire);

        Assert.Equal([52_000, 1_052_000, 2_052_000, 2_052_000], Delays());
    }

    // netem_change leaves the queue as it is.
    [Fact]
    public void Frames_that_are_delayed_count_against_the_limit_when_the_delay_changes()
    {
        var options = Plain with { Netem = new NetemOptions { DelayNanoseconds = 1_000_000, Limit = 1 } };
        Wire wire = Wire(options);
        Transmit(wire);
        wire.Change(options with { Netem = options.Netem with { DelayNanoseconds = 2_000_000 } }, _outbox);
        Transmit(wire);

        Assert.Equal([1_052_000], Delays());
        Assert.Equal(["Dropped QdiscDrop @1002000"], Frames.Journal(_outbox));
    }

    // What is lost of a session comes 200 ms later, and none is dropped or copied.
    [Fact]
    public void Sessions_are_delayed_and_never_lost()
    {
        Wire wire = Wire(Plain with
        {
            Netem = new NetemOptions
            {
                DelayNanoseconds = 1_000_000,
                Duplicate = Probability.Always,
                Loss = new RandomLoss(Probability.Of(new Ratio(1, 2)), default),
            },
        });
        for (int i = 0; i < 100; i++)
        {
            wire.Transmit(new SessionSegment(_sender, _receiver, 100, new TimerMessage(i, 0)), _outbox);
        }

        long[] delays = Delays();
        Assert.Equal(100, delays.Length);
        Assert.Equal(delays.Order(), delays);
        Assert.Contains(delays, delay => delay % 200_000_000 == 1_050_000);
        Assert.True(delays[^1] > 200_000_000, "nothing was lost");
    }

    private Wire Wire(WireOptions options) => new(_sender, _receiver, 3, options);

    private EthernetFrame Transmit(Wire wire)
    {
        EthernetFrame frame = Frames.Udp(Frames.Mac(1), Frames.Mac(2), 100);
        wire.Transmit(frame, 2_000, Frames.Eth0(_sender), _outbox);
        return frame;
    }

    private long[] Delays() => [.. Frames.Sent(_outbox).Select(outgoing => outgoing.DelayNanoseconds)];
}
