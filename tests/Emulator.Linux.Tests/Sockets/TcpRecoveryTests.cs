using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>How losses are found and repaired. Round trip 20 ms, segments of 1,398 bytes.</summary>
public class TcpRecoveryTests
{
    private const int Mss = 1_398;
    private readonly TwoHosts _world = new() { Latency = 10_000_000 };
    private readonly RecordingHandler _client = new();
    private readonly RecordingHandler _server = new() { PeerClosed = (c, o) => c.Close(o) };
    private readonly TcpConnection _connection;
    private readonly SimTime _start;

    public TcpRecoveryTests()
    {
        Assert.True(_world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 8080), _server, out _, out _));
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(to, 1, _client, _world.Outbox, out TcpConnection? made, out _));
        _connection = made;
        _world.RunFor(SimDuration.FromMilliseconds(50));
        _world.Sent.Clear();
        _start = _world.Now;
    }

    // A real kernel (6.18) that lost two segments of 100 bytes over a round trip of 0.1 ms sent: both at 0, the second
    // at 8 ms, both as one of 200 at 216, 636, 1468 ms, its ticks being 4 ms. Here 2 x 20 + 2 ms, then 220 ms and
    // doubling.
    [Fact]
    public void Probes_the_tail_after_two_round_trips_and_sends_small_segments_together()
    {
        _world.Loses = _ => true;
        Send(100);
        Send(100);
        _world.RunFor(SimDuration.FromSeconds(2));

        Assert.Equal(
            [(0L, 100), (0, 100), (42, 100), (262, 200), (702, 200), (1_582, 200)], ClientData());
    }

    // The last two of ten are lost: without a probe only the timeout of 220 ms would tell. The eighth's acknowledgment,
    // at 20 ms, restarts the probe's time of two round trips and 2 ms; the probe's, at 82 ms, tells that the ninth,
    // which left 62 ms before it, is lost.
    [Fact]
    public void A_lost_tail_is_repaired_by_its_probe()
    {
        Lose(9, 10);
        Send(10 * Mss);
        _world.RunFor(SimDuration.FromMilliseconds(150));

        Assert.Equal(10 * Mss, _server.Bytes.Count);
        Assert.Equal([(62L, Mss), (82, Mss)], ClientData().Skip(10));
    }

    // RFC 3042: the first two duplicates each let one new segment out; the third repairs.
    [Fact]
    public void Duplicates_let_new_segments_out_before_the_loss_is_certain()
    {
        Lose(1);
        Send(20 * Mss);
        _world.RunFor(SimDuration.FromMilliseconds(25));

        uint first = Sequence(0);
        IEnumerable<long> later = Enumerable.Range(10, 3).Select(i => (long)(Sequence(i) - first) / Mss);
        Assert.Equal([10, 11, 0], later);
    }

    // RACK: later segments that arrive tell that the repair was lost as well. NewReno would wait for the timer.
    [Fact]
    public void A_lost_repair_is_repaired_without_the_timer()
    {
        Lose(1, 13);
        Send(60 * Mss);
        _world.RunFor(SimDuration.FromMilliseconds(200));

        Assert.Equal(60 * Mss, _server.Bytes.Count);
        Assert.Equal(62, ClientData().Count);
        Assert.Equal(3, Enumerable.Range(0, 62).Count(i => Sequence(i) == Sequence(0)));
    }

    // Five losses in one window are repaired each once, as many in a round trip as segments arrive (RFC 6937): three
    // for the last three selective acknowledgments, the others for the first repairs'. NewReno takes a round trip each.
    [Fact]
    public void Many_losses_of_a_window_are_repaired_in_two_round_trips()
    {
        Lose(1, 3, 4, 6, 8);
        Send(10 * Mss);
        _world.RunFor(SimDuration.FromMilliseconds(65));

        Assert.Equal(10 * Mss, _server.Bytes.Count);
        Assert.Equal(15, ClientData().Count);
    }

    // RFC 6937: after one loss in a window of 20, CUBIC's 14 are reached when the repair is over.
    [Theory]
    [InlineData(CongestionKind.Cubic, 14)]
    [InlineData(CongestionKind.Reno, 10)]
    public void The_window_comes_down_to_its_target_and_not_below(CongestionKind kind, int expected)
    {
        _world.Client.Congestion = kind;
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(
            to, 1, new RecordingHandler(), _world.Outbox, out TcpConnection? c, out _));
        _world.RunFor(SimDuration.FromMilliseconds(50));
        Assert.True(c.Send(new FillerPayload(10 * Mss), _world.Outbox));
        _world.RunFor(SimDuration.FromMilliseconds(100));
        Assert.Equal(20, c.Congestion.Window);

        int count = 0;
        _world.Loses = p => p.Source == _world.Client.Address && ++count == 1;
        Assert.True(c.Send(new FillerPayload(20 * Mss), _world.Outbox));
        _world.RunFor(SimDuration.FromMilliseconds(60));
        Assert.Equal((expected, expected), (c.Congestion.Window, c.Congestion.Threshold));
        Assert.Equal(CongestionState.Open, c.Congestion.State);
    }

    // RFC 5681 section 4.1, Linux tcp_slow_start_after_idle: 40 segments, halved for each timeout of 220 ms, not below
    // ten.
    [Theory]
    [InlineData(200, 40)]
    [InlineData(300, 20)]
    [InlineData(10_000, 10)]
    public void An_idle_connection_begins_slowly_again(int idleMilliseconds, int expected)
    {
        Send(10 * Mss);
        _world.RunFor(SimDuration.FromMilliseconds(21));
        Send(20 * Mss);
        _world.RunFor(SimDuration.FromMilliseconds(30));
        Assert.Equal(40, _connection.Congestion.Window);
        SimDuration since = _world.Now - _connection.LastSent;
        _world.RunFor(SimDuration.FromMilliseconds(idleMilliseconds) + new SimDuration(-since.Nanoseconds));
        _world.Sent.Clear();
        Send(100 * Mss);

        Assert.Equal(expected, _world.Sent.Count);
    }

    // A peer without SACK: three duplicates, as RFC 6582 has it.
    [Fact]
    public void A_peer_without_selective_acknowledgments_is_served_by_duplicates()
    {
        _connection.SackOn = false;
        _server.Accepted[0].SackOn = false;
        Lose(2, 5);
        Send(10 * Mss);
        _world.RunFor(SimDuration.FromMilliseconds(150));

        Assert.Equal(10 * Mss, _server.Bytes.Count);
        Assert.Equal(12, ClientData().Count);
    }

    private void Send(int bytes) => Assert.True(_connection.Send(new FillerPayload(bytes), _world.Outbox));

    // Loses the n-th data segments of the client, counted from 1.
    private void Lose(params int[] numbers)
    {
        int count = 0;
        _world.Loses = p => p.Source == _world.Client.Address && ((TcpSegment)p.Payload).Data.Length > 0
            && numbers.Contains(++count);
    }

    private bool IsData(int i) =>
        _world.Sent[i].Packet.Source == _world.Client.Address && Segment(i).Data.Length > 0;

    private TcpSegment Segment(int i) => (TcpSegment)_world.Sent[i].Packet.Payload;

    // The sequence number of the client's i-th data segment.
    private uint Sequence(int i) =>
        ((TcpSegment)_world.Sent.Where((_, place) => IsData(place)).ElementAt(i).Packet.Payload)
            .SequenceNumber;

    private List<(long Milliseconds, int Length)> ClientData() =>
        [.. Enumerable.Range(0, _world.Sent.Count).Where(IsData)
            .Select(i => ((_world.Sent[i].Time - _start).Nanoseconds / 1_000_000, Segment(i).Data.Length))];
}
