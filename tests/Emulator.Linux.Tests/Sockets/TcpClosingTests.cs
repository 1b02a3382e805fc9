using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>FINs in every order, and resets. Expected states: RFC 9293 figures 12 and 13, section 3.10.7.</summary>
public class TcpClosingTests
{
    private readonly TwoHosts _world = new(1_500);
    private readonly RecordingHandler _client = new();
    private readonly RecordingHandler _server = new();
    private readonly TcpConnection _a;
    private readonly TcpConnection _b;

    public TcpClosingTests()
    {
        Assert.True(_world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 8080), _server, out _, out _));
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(
            to, 1, _client, _world.Outbox, out TcpConnection? made, out _, new(5000)));
        _a = made;
        Pass();
        _b = Assert.Single(_server.Accepted);
        _world.Sent.Clear();
    }

    [Fact]
    public void Lets_the_other_side_send_on_after_a_half_close()
    {
        _a.CloseSending(_world.Outbox);
        Pass();
        Assert.Equal((TcpState.FinWait2, TcpState.CloseWait), (_a.State, _b.State));
        _b.Send(Payload.FromText("late"), _world.Outbox);
        Pass();
        Assert.Equal("late"u8.ToArray(), _client.Bytes);
        _b.Close(_world.Outbox);
        Pass();
        Assert.Equal((TcpState.TimeWait, TcpState.Closed), (_a.State, _b.State));
        Assert.Equal(["connected", "received 4", "peer closed"], _client.Events);
    }

    [Fact]
    public void Closes_from_both_sides_at_once()
    {
        _a.Close(_world.Outbox);
        _b.Close(_world.Outbox);
        Pass();
        Assert.Equal((TcpState.TimeWait, TcpState.TimeWait), (_a.State, _b.State));
        Assert.Equal(["c FA 0", "s FA 0", "s A 0", "c A 0"], _world.Segments);
    }

    [Fact]
    public void Sends_its_fin_with_the_last_data_that_waits()
    {
        // The tail-loss probe is the FIN; the timeout puts what is small together.
        _world.Loses = _ => true;
        _a.Send(Payload.FromText("lost"), _world.Outbox);
        _a.Close(_world.Outbox);
        _world.Loses = _ => false;
        Pass(1000);
        Assert.Equal(["c PA 4", "c FA 0", "c FA 0", "c FPA 4"], _world.Segments.Where(s => s[0] == 'c').Take(4));
        Assert.Equal(["accepted", "received 4", "peer closed"], _server.Events);
    }

    [Fact]
    public void Sends_a_lost_fin_again()
    {
        int lost = 0;
        _world.Loses = p => lost++ == 0;
        _a.Close(_world.Outbox);
        Pass(1000);
        Assert.Equal((TcpState.FinWait2, TcpState.CloseWait), (_a.State, _b.State));
        Assert.Equal(["c FA 0", "c FA 0"], _world.Segments.Take(2));
    }

    [Fact]
    public void Answers_a_repeated_fin_from_time_wait_and_starts_the_minute_anew()
    {
        _a.CloseSending(_world.Outbox);
        Pass();
        int acks = 0;
        _world.Loses = p => p.Source == _world.Client.Address && acks++ == 0;
        _b.Close(_world.Outbox);
        Pass(1000);
        Assert.Equal((TcpState.TimeWait, TcpState.Closed), (_a.State, _b.State));
        _world.RunFor(SimDuration.FromMilliseconds(59_100));
        Assert.Equal(TcpState.TimeWait, _a.State);
        _world.RunFor(SimDuration.FromSeconds(1));
        Assert.Equal(TcpState.Closed, _a.State);
        Assert.Equal(0, _world.Client.Sockets.Count);
    }

    [Fact]
    public void Takes_a_new_connection_on_ports_that_wait()
    {
        // RFC 6191: the server closed first, so its end waits; the client comes again from the same port.
        _b.Close(_world.Outbox);
        Pass();
        _a.Close(_world.Outbox);
        Pass();
        Assert.Equal((TcpState.Closed, TcpState.TimeWait), (_a.State, _b.State));
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(
            to, 2, _client, _world.Outbox, out TcpConnection? again, out _, new(5000)));
        Pass();
        Assert.Equal((TcpState.Established, TcpState.Closed), (again.State, _b.State));
    }

    /// <summary>tcp_twsk_unique where the port is named (the oracle's scenarios client_in_time_wait_calls_again and
    /// one_pair_of_ends_twice).</summary>
    [Fact]
    public void Calls_again_from_a_named_port_that_waits_but_not_from_one_in_use()
    {
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.False(_world.Client.Sockets.TryConnectTcp(
            to, 2, _client, _world.Outbox, out _, out SocketError error, new(5000)));
        Assert.Equal(SocketError.AddressNotAvailable, error);
        _a.Close(_world.Outbox);
        Pass();
        _b.Close(_world.Outbox);
        Pass();
        Assert.Equal((TcpState.TimeWait, TcpState.Closed), (_a.State, _b.State));

        Assert.True(_world.Client.Sockets.TryConnectTcp(
            to, 2, _client, _world.Outbox, out TcpConnection? again, out _, new(5000)));
        Pass();

        Assert.Equal((TcpState.Closed, TcpState.Established), (_a.State, again.State));
    }

    /// <summary>tcp_twsk_unique and tcp_connect_init: the window is whole segments of 1448 bytes then, not of 1460, as
    /// the oracle's scenario client_in_time_wait_calls_again shows it (65160, where a first SYN has 64240).</summary>
    [Fact]
    public void Goes_on_from_the_numbers_and_timestamps_of_the_connection_whose_port_it_takes_over()
    {
        _a.Close(_world.Outbox);
        Pass();
        _b.Close(_world.Outbox);
        Pass();
        TcpSegment last = SentBy(_world.Server)[^1];
        _world.Sent.Clear();

        Assert.True(_world.Client.Sockets.TryConnectTcp(
            new Endpoint(_world.Server.Address, 8080), 2, _client, _world.Outbox, out _, out _, new(5000)));
        Pass();

        TcpSegment syn = SentBy(_world.Client)[0];
        Assert.Equal(TcpFlags.Syn, syn.Flags);
        Assert.Equal(last.AcknowledgmentNumber + 65_535 + 2, syn.SequenceNumber);
        Assert.Equal(last.Options.Timestamps!.Value.Value, syn.Options.Timestamps!.Value.EchoReply); // Both offer them.
        Assert.Equal(65_160, syn.Window);
        Assert.Equal(64, SentBy(_world.Client)[1].Window); // 65160, by a scale of ten, rounded up.
    }

    [Fact]
    public void Forgets_a_closed_socket_whose_peer_never_closes()
    {
        // tcp_fin_timeout = 60 s.
        _a.Close(_world.Outbox);
        Pass(59_000);
        Assert.Equal(TcpState.FinWait2, _a.State);
        Pass(2_000);
        Assert.Equal(TcpState.Closed, _a.State);
    }

    [Fact]
    public void Resets_a_peer_that_sends_to_a_closed_socket()
    {
        _a.Close(_world.Outbox);
        Pass();
        _b.Send(Payload.FromText("late"), _world.Outbox);
        Pass();
        Assert.Equal(["accepted", "peer closed", "failed BrokenPipe"], _server.Events); // Linux: tcp_reset.
        Assert.Equal((TcpState.Closed, TcpState.Closed), (_a.State, _b.State));
        Assert.Equal(DropReason.NoSocket, Assert.Single(_world.Journal(JournalKind.Dropped)).Reason);
    }

    [Fact]
    public void Resets_when_it_closes_with_bytes_unread()
    {
        // RFC 2525 section 2.17.
        _b.PauseReading();
        _a.Send(Payload.FromText("unread"), _world.Outbox);
        Pass();
        _b.Close(_world.Outbox);
        Pass();
        Assert.Equal("s RA 0", _world.Segments[^1]);
        Assert.Equal(["connected", "failed ConnectionReset"], _client.Events);
    }

    [Fact]
    public void Aborts_with_a_reset()
    {
        _a.Abort(_world.Outbox);
        Pass();
        Assert.Equal(["c RA 0"], _world.Segments);
        Assert.Equal(["accepted", "failed ConnectionReset"], _server.Events);
        Assert.Equal(0, _world.Client.Sockets.Count);
    }

    [Fact]
    public void Challenges_a_reset_that_does_not_fit_exactly()
    {
        // RFC 5961 section 3.2.
        var forged = new TcpSegment
        {
            SourcePort = 5000, DestinationPort = 8080, SequenceNumber = Sequence() + 100, Flags = TcpFlags.Rst,
        };
        Inject(forged);
        Pass();
        Assert.Equal(TcpState.Established, _b.State);
        Assert.Equal(["c R 0", "s A 0"], _world.Segments);
        Assert.Equal(DropReason.TcpInvalidSegment, Assert.Single(_world.Journal(JournalKind.Dropped)).Reason);
    }

    [Fact]
    public void Challenges_a_syn_inside_a_connection()
    {
        // RFC 5961 section 4.2.
        Inject(new TcpSegment
        {
            SourcePort = 5000, DestinationPort = 8080, SequenceNumber = Sequence() + 5, Flags = TcpFlags.Syn,
        });
        Pass();
        Assert.Equal((TcpState.Established, "s A 0"), (_b.State, _world.Segments[^1]));
    }

    [Fact]
    public void Drops_data_beyond_its_window()
    {
        Inject(new TcpSegment
        {
            SourcePort = 5000, DestinationPort = 8080, SequenceNumber = Sequence() + 10_000_000,
            AcknowledgmentNumber = 1, Flags = TcpFlags.Ack, Data = new FillerPayload(10),
        });
        Pass();
        Assert.Equal(DropReason.TcpInvalidSegment, Assert.Single(_world.Journal(JournalKind.Dropped)).Reason);
        Assert.Equal(["accepted"], _server.Events);
    }

    private TcpSegment[] SentBy(TestHost host) =>
    [
        .. _world.Sent.Where(s => s.Packet.Source == host.Address).Select(s => (TcpSegment)s.Packet.Payload),
    ];

    private uint Sequence()
    {
        // A pure acknowledgment carries the next sequence number of the client.
        _b.Send(Payload.FromText("x"), _world.Outbox);
        Pass();
        uint next = ((TcpSegment)_world.Sent.Last(
            s => s.Packet.Source == _world.Client.Address).Packet.Payload).SequenceNumber;
        _world.Sent.Clear();
        return next;
    }

    private void Inject(TcpSegment segment) => _world.Client.Output(
        _world.Client.Address, _world.Server.Address, segment,
        new OutputOptions(new PacketIdentity(99, 1, false), true), _world.Outbox);

    private void Pass(long milliseconds = 100) => _world.RunFor(SimDuration.FromMilliseconds(milliseconds));
}
