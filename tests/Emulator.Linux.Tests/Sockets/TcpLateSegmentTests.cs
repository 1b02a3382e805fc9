using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>Segments that come late: copies, and those that others overtook. Expected: Linux tcp_input.c
/// (tcp_sequence, tcp_paws_discard, tcp_data_queue), tcp_invalid_ratelimit of ip-sysctl.rst.</summary>
public class TcpLateSegmentTests
{
    private readonly TwoHosts _world = new();
    private readonly RecordingHandler _client = new();
    private readonly RecordingHandler _server = new();
    private readonly TcpConnection _a;
    private readonly TcpConnection _b;

    public TcpLateSegmentTests()
    {
        Assert.True(_world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 8080), _server, out _, out _));
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(
            to, 1, _client, _world.Outbox, out TcpConnection? made, out _, new(5000)));
        _a = made;
        Pass(100);
        _b = Assert.Single(_server.Accepted);
        _world.Sent.Clear();
    }

    [Fact]
    public void Ends_a_copy_of_data_as_old_and_acknowledges_it_at_once()
    {
        TcpSegment data = SendFromClient("hello");
        Inject(data);
        Pass(10);
        Assert.Equal(["c PA 5", "s A 0", "c PA 5", "s A 0"], _world.Segments);
        Assert.Equal([DropReason.TcpOldSegment], Drops());
        Assert.Equal(["accepted", "received 5"], _server.Events);
    }

    /// <summary>RFC 2883 section 4.1.1: the first block is what came twice; told once (the oracle's scenario
    /// lost_acknowledgment).</summary>
    [Fact]
    public void Tells_the_sender_what_came_twice()
    {
        TcpSegment data = SendFromClient("hello");
        Inject(data);
        Pass(10);
        SendFromClient("more");
        Pass(50);

        SackBlock twice = new(data.SequenceNumber, data.SequenceNumber + 5);
        Assert.Equal([[], [twice], []], _world.Sent.Where(s => s.Packet.Source == _world.Server.Address)
            .Select(s => ((TcpSegment)s.Packet.Payload).Options.SackBlocks));
    }

    [Fact]
    public void Takes_the_acknowledgment_that_data_sent_again_carries()
    {
        TcpSegment data = SendFromClient("hello");
        _world.Loses = _ => true;
        _b.Send(Payload.FromText("world"), _world.Outbox);
        Pass(1);
        _world.Loses = _ => false;
        Assert.Equal(5, _b.UnacknowledgedBytes);
        Inject(data with { AcknowledgmentNumber = data.AcknowledgmentNumber + 5 });
        Pass(10);
        Assert.Equal(0, _b.UnacknowledgedBytes);
    }

    [Fact]
    public void Answers_overtaken_acknowledgments_once_in_half_a_second()
    {
        TcpSegment data = SendFromClient("hello");
        TcpSegment overtaken = data with { Flags = TcpFlags.Ack, Data = Payload.Empty };
        _world.Sent.Clear();
        Inject(overtaken);
        Inject(overtaken);
        Pass(400);
        Assert.Equal(["c A 0", "c A 0", "s A 0"], _world.Segments);
        Pass(200);
        Inject(overtaken);
        Pass(100);
        Assert.Equal(["c A 0", "c A 0", "s A 0", "c A 0", "s A 0"], _world.Segments);
        Assert.Equal(Enumerable.Repeat(DropReason.TcpOldSegment, 3), Drops());
    }

    [Theory]
    [InlineData(1, "received 4")]
    [InlineData(2, "received 5")]
    public void Takes_a_timestamp_that_is_one_tick_behind_but_not_two(uint ticks, string last)
    {
        TcpSegment first = SendFromClient("hello");
        (uint Value, uint Echo) stamps = first.Options.Timestamps!.Value; // Both hosts offer timestamps.
        Inject(first with
        {
            SequenceNumber = first.SequenceNumber + 5,
            Options = first.Options with { Timestamps = (stamps.Value - ticks, stamps.Echo) },
            Data = Payload.FromText("late"),
        });
        Pass(10);
        Assert.Equal(last, _server.Events[^1]);
    }

    [Fact]
    public void Starts_the_minute_of_time_wait_anew_for_any_late_segment_with_an_acknowledgment()
    {
        TcpSegment data = SendFromClient("hello");
        _a.Close(_world.Outbox);
        Pass(10);
        _b.Close(_world.Outbox);
        Pass(30_000);
        Assert.Equal(TcpState.TimeWait, _a.State);
        var late = (TcpSegment)_world.Sent.Last(s => s.Packet.Source == _world.Server.Address).Packet.Payload;
        _world.Server.Output(
            _world.Server.Address, _world.Client.Address,
            late with { Flags = TcpFlags.Ack, SequenceNumber = data.AcknowledgmentNumber },
            new OutputOptions(new PacketIdentity(98, 1, true), true), _world.Outbox);
        _world.Loses = _ => true; // Its answer would find no connection, and draw a reset.
        Pass(50_000);
        Assert.Equal(TcpState.TimeWait, _a.State);
        Pass(20_000);
        Assert.Equal(TcpState.Closed, _a.State);
    }

    private TcpSegment SendFromClient(string text)
    {
        _a.Send(Payload.FromText(text), _world.Outbox);
        var segment = (TcpSegment)_world.Sent[^1].Packet.Payload;
        Pass(10);
        return segment;
    }

    private IEnumerable<DropReason> Drops() => _world.Journal(JournalKind.Dropped).Select(e => e.Reason);

    private void Inject(TcpSegment segment) => _world.Client.Output(
        _world.Client.Address, _world.Server.Address, segment,
        new OutputOptions(new PacketIdentity(99, 1, false), true), _world.Outbox);

    private void Pass(long milliseconds) => _world.RunFor(SimDuration.FromMilliseconds(milliseconds));
}
