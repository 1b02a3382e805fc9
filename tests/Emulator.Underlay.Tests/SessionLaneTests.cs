using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;

namespace Emulator.Underlay.Tests;

public class SessionLaneTests
{
    private const long Millisecond = 1_000_000;
    private static readonly WireOptions Plain = new() { LatencyNanoseconds = 50_000 };
    private readonly ActorRef _sender = Frames.Root("node-1");
    private readonly ActorRef _receiver = Frames.Root("node-2");
    private readonly Outbox _outbox = new() { Seed = 9 };

    [Fact]
    public void A_segment_arrives_after_the_latency()
    {
        Send(Wire(Plain), 1);

        Assert.Equal([(1, 50_000L)], Arrivals());
    }

    [Fact]
    public void Segments_count_against_the_rate_that_frames_share()
    {
        Wire wire = Wire(Plain with { RateBitsPerSecond = 1_000_000 });
        Send(wire, 1, bytes: 1_250);
        wire.Transmit(Frames.Udp(Frames.Mac(1), Frames.Mac(2), 1_250), 0, Frames.Eth0(_sender), _outbox);

        Assert.Equal([10_050_000L, 20_050_000L], Frames.Sent(_outbox).Select(outgoing => outgoing.DelayNanoseconds));
    }

    [Fact]
    public void Loss_appears_as_whole_retransmission_times_and_keeps_the_order()
    {
        Wire wire = Wire(Plain with { Loss = new Ratio(1, 2) });
        for (int i = 0; i < 50; i++)
        {
            Send(wire, i);
        }

        List<(int Number, long At)> arrivals = Arrivals();
        Assert.Equal(Enumerable.Range(0, 50), arrivals.Select(arrival => arrival.Number));
        Assert.Equal(arrivals.Select(arrival => arrival.At).Order(), arrivals.Select(arrival => arrival.At));
        Assert.All(arrivals, arrival => Assert.Equal(50_000, arrival.At % Retransmission));
        Assert.True(arrivals[^1].At > Retransmission, "nothing was lost");
        Assert.Equal(0, _outbox.Journal.Count);
    }

    [Fact]
    public void Jitter_keeps_the_order()
    {
        Wire wire = Wire(Plain with { JitterNanoseconds = 10 * Millisecond });
        for (int i = 0; i < 50; i++)
        {
            Send(wire, i);
        }

        List<long> times = [.. Arrivals().Select(arrival => arrival.At)];
        Assert.Equal(times.Order(), times);
        Assert.True(times[^1] > times[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cut_wire_keeps_segments_and_sends_them_at_their_next_retransmission_when_it_is_up(bool byLoss)
    {
        Wire wire = Wire(Plain);
        wire.Change(byLoss ? Plain with { Loss = Ratio.One } : Plain with { IsUp = false }, _outbox);
        Send(wire, 1);
        _outbox.Now = new SimTime(130 * Millisecond);
        Send(wire, 2);
        Assert.Equal(2, wire.SessionsWaiting);
        Assert.Empty(Arrivals());

        _outbox.Now = new SimTime(350 * Millisecond);
        wire.Change(Plain, _outbox);
        Send(wire, 3);

        // The first was sent at 0 and is sent again at 400 ms; the second, sent at 130 ms, at 530 ms; the third waits
        // its turn.
        Assert.Equal(
            [
                (1, (400 * Millisecond) + 50_000),
                (2, (530 * Millisecond) + 50_000),
                (3, (530 * Millisecond) + 50_000),
            ],
            Arrivals());
        Assert.Equal(0, wire.SessionsWaiting);
    }

    [Fact]
    public void More_segments_than_the_bound_are_lost_with_one_note()
    {
        Wire wire = Wire(Plain with { IsUp = false });
        for (int i = 0; i < Underlay.Wire.SessionsWaitingMax + 3; i++)
        {
            Send(wire, i);
        }

        Assert.Equal(Underlay.Wire.SessionsWaitingMax, wire.SessionsWaiting);
        Assert.Equal(["Note"], Frames.Journal(_outbox));
    }

    private static long Retransmission => Underlay.Wire.RetransmissionNanoseconds;

    private Wire Wire(WireOptions options) => new(_sender, _receiver, 3, options);

    private void Send(Wire wire, int number, int bytes = 100) =>
        wire.Transmit(new SessionSegment(_sender, _receiver, bytes, new Number(number)), _outbox);

    /// <summary>Numbers and arrival times. The clock of the outbox stands where the last message was sent.</summary>
    private List<(int Number, long At)> Arrivals() =>
        [.. Frames.Sent(_outbox).Select(outgoing =>
            (((Number)((SessionSegment)outgoing.Message).Content).Value,
                outgoing.DelayNanoseconds + _outbox.Now.Nanoseconds))];

    private sealed record Number(int Value) : Message;
}
