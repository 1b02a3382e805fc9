using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>Segments as a real Linux 6.18 sent them between two pods with an MTU of 1450.</summary>
public class TcpHandshakeTests
{
    private readonly TwoHosts _world = new();

    [Fact]
    public void Sends_what_a_real_kernel_sends_for_a_request_and_its_reply()
    {
        // Recorded scenario "tcp_same_node": 5 bytes of request, 6 of reply, the client closes first.
        var server = new RecordingHandler
        {
            Received = (c, _, o) => c.Send(Payload.FromText("answer"), o),
            PeerClosed = (c, o) => c.Close(o),
        };
        var client = new RecordingHandler
        {
            Connected = (c, o) => c.Send(Payload.FromText("hello"), o),
            Received = (c, _, o) => c.Close(o),
        };
        Connect(client, server);
        _world.Run();

        Assert.Equal(
            ["c S 0", "s SA 0", "c A 0", "c PA 5", "s A 0", "s PA 6", "c A 0", "c FA 0", "s FA 0", "c A 0"],
            _world.Segments);
        Assert.Equal(
            [60, 60, 52, 57, 52, 58, 52, 52, 52, 52],
            _world.Sent.Select(s => s.Packet.Length));
        Assert.All(_world.Sent, s => Assert.True(s.Packet is { DontFragment: true, TimeToLive: 64 }));
        Assert.Equal("hello"u8.ToArray(), server.Bytes);
        Assert.Equal("answer"u8.ToArray(), client.Bytes);
    }

    [Fact]
    public void Offers_the_options_that_a_real_kernel_offers()
    {
        Connect(new RecordingHandler(), new RecordingHandler());
        _world.Run();

        foreach (TcpSegment segment in _world.Sent.Take(2).Select(s => (TcpSegment)s.Packet.Payload))
        {
            Assert.Equal((ushort)1410, segment.Options.MaximumSegmentSize);
            Assert.Equal((byte)10, segment.Options.WindowScale);
            Assert.True(segment.Options.SackPermitted);
            Assert.NotNull(segment.Options.Timestamps);
        }
    }

    [Theory]
    [InlineData(1, 36)] // 48 (tcp_min_snd_mss), less 12 for timestamps.
    [InlineData(0, 524)] // As if the option were not there: 536.
    public void Sends_segments_of_a_least_size_to_a_peer_that_offers_less(int offered, int longest)
    {
        _world.Alters = packet => packet.Payload is TcpSegment { Options.MaximumSegmentSize: not null } syn
            ? packet with
            {
                Payload = syn with { Options = syn.Options with { MaximumSegmentSize = (ushort)offered } },
            }
            : packet;
        var server = new RecordingHandler();
        Connect(new RecordingHandler { Connected = (c, o) => c.Send(new FillerPayload(2_000), o) }, server);
        _world.Run();

        Assert.Equal(2_000, server.Bytes.Count);
        Assert.Equal(longest, _world.Sent.Max(s => ((TcpSegment)s.Packet.Payload).Data.Length));
    }

    [Fact]
    public void Carries_the_flow_of_its_opener_and_marks_the_listening_side_as_replies()
    {
        Connect(new RecordingHandler(), new RecordingHandler { Accept = (c, o) => c.Close(o) });
        _world.Run();

        Assert.All(_world.Sent, s => Assert.Equal(77ul, s.Packet.Identity.Flow));
        Assert.All(_world.Sent, s => Assert.Equal(s.Packet.Source == _world.Server.Address, s.Packet.Identity.IsReply));
        Assert.Equal(_world.Sent.Count,
            _world.Sent.Select(s => (s.Packet.Source, s.Packet.Identity.Packet)).Distinct().Count());
    }

    [Fact]
    public void Retries_a_lost_syn_as_a_real_kernel_does()
    {
        // Recorded scenario "tcp_syn_dropped": 1.03, 2.05, 3.08, 4.10, 5.12, 7.14 s; then Linux' tcp_syn_retries = 6
        // and tcp_syn_linear_timeouts = 4 give ten retries and ETIMEDOUT after 131 s.
        _world.Loses = _ => true;
        var client = new RecordingHandler();
        Connect(client, new RecordingHandler());
        _world.RunFor(SimDuration.FromSeconds(130));
        Assert.Equal([0L, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67],
            _world.Sent.Select(s => s.Time.Nanoseconds / 1_000_000_000));
        Assert.Empty(client.Events);

        _world.RunFor(SimDuration.FromSeconds(1));
        Assert.Equal(["failed TimedOut"], client.Events);
        Assert.Equal(0, _world.Client.Sockets.TcpConnectionCount);
    }

    [Fact]
    public void Retries_a_lost_syn_ack_with_doubling_intervals()
    {
        // Linux tcp_synack_retries = 5: after 1, 3, 7, 15 and 31 s.
        _world.Loses = p => p.Source == _world.Server.Address
            || _world.Sent.Count(s => s.Packet.Source == _world.Client.Address) > 1;
        Connect(new RecordingHandler(), new RecordingHandler());
        _world.RunFor(SimDuration.FromSeconds(62));
        Assert.Equal(
            [0L, 1, 3, 7, 15, 31],
            _world.Sent.Where(s => s.Packet.Source == _world.Server.Address).Select(
                s => s.Time.Nanoseconds / 1_000_000_000));
        Assert.Equal(1, _world.Server.Sockets.TcpConnectionCount);
        _world.RunFor(SimDuration.FromSeconds(2));
        Assert.Equal(0, _world.Server.Sockets.TcpConnectionCount);
    }

    [Fact]
    public void Is_refused_by_a_reset_where_nobody_listens()
    {
        var client = new RecordingHandler();
        Connect(client, null);
        _world.Run();

        Assert.Equal(["c S 0", "s RA 0"], _world.Segments);
        Assert.Equal(["failed ConnectionRefused"], client.Events);
        Assert.Equal(DropReason.NoSocket, Assert.Single(_world.Journal(JournalKind.Dropped)).Reason);
        Assert.Equal(0, _world.Client.Sockets.Count);
    }

    [Fact]
    public void Answers_a_stray_syn_ack_with_a_bare_reset()
    {
        // Recorded scenario "clusterip_local_no_brnf": 40 bytes, flag R alone, sequence number from the acknowledgment.
        var stray = new TcpSegment
        {
            SourcePort = 8080,
            DestinationPort = 42080,
            SequenceNumber = 1000,
            AcknowledgmentNumber = 5000,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
        };
        _world.Server.Output(
            _world.Server.Address, _world.Client.Address, stray,
                new OutputOptions(new PacketIdentity(1, 9, true), true),
            _world.Outbox);
        _world.Run();

        Assert.Equal(["s SA 0", "c R 0"], _world.Segments);
        IPv4Packet reset = _world.Sent[1].Packet;
        Assert.Equal(40, reset.Length);
        Assert.Equal(5000u, ((TcpSegment)reset.Payload).SequenceNumber);
        Assert.Equal((9ul, false), (reset.Identity.Flow, reset.Identity.IsReply));
    }

    [Theory]
    [InlineData(IcmpUnreachable.Port, SocketError.ConnectionRefused)]
    [InlineData(IcmpUnreachable.Host, SocketError.HostUnreachable)]
    [InlineData(IcmpUnreachable.Network, SocketError.NetworkUnreachable)]
    [InlineData(IcmpUnreachable.AdministrativelyProhibited, SocketError.HostUnreachable)]
    public void Fails_a_handshake_at_once_when_icmp_says_so(byte code, SocketError expected)
    {
        // Recorded scenarios "tcp_noendpoints_pod" (ECONNREFUSED) and FACTS 11, 17; the rest is Linux'
        // icmp_err_convert.
        _world.Loses = _ => true;
        var client = new RecordingHandler();
        Connect(client, null);
        _world.Client.ReceiveError(
            IcmpType.DestinationUnreachable, code, _world.Sent[0].Packet, IPv4Address.Parse("10.244.1.1"));

        Assert.Equal([$"failed {expected}"], client.Events);
        Assert.Equal(IPv4Address.Parse("10.244.1.1"), client.Failures[0].Offender);
    }

    [Fact]
    public void Drops_a_syn_when_the_backlog_is_full()
    {
        Assert.True(_world.Server.Sockets.TryListenTcp(
            new Endpoint(IPv4Address.Any, 8080), new RecordingHandler(), out _, out _, backlog: 1));
        _world.Loses = p => p.Source == _world.Client.Address && (((TcpSegment)p.Payload).Flags & TcpFlags.Syn) == 0;
        Connect(new RecordingHandler(), null);
        Connect(new RecordingHandler(), null);
        _world.RunFor(SimDuration.FromMilliseconds(10));

        Assert.Equal(DropReason.ListenOverflow, Assert.Single(_world.Journal(JournalKind.Dropped)).Reason);
    }

    [Fact]
    public void Opens_from_both_sides_at_once()
    {
        // RFC 9293 figure 7.
        var client = new RecordingHandler();
        var server = new RecordingHandler();
        var clientEnd = new Endpoint(_world.Client.Address, 1000);
        var serverEnd = new Endpoint(_world.Server.Address, 2000);
        Assert.True(_world.Client.Sockets.TryConnectTcp(
            serverEnd, 1, client, _world.Outbox, out TcpConnection? a, out _, new(1000)));
        Assert.True(_world.Server.Sockets.TryConnectTcp(
            clientEnd, 1, server, _world.Outbox, out TcpConnection? b, out _, new(2000)));
        _world.Run();

        Assert.Equal((TcpState.Established, TcpState.Established), (a.State, b.State));
        Assert.Equal(["connected"], client.Events);
        Assert.Equal(["connected"], server.Events);
    }

    [Fact]
    public void Chooses_ephemeral_ports_without_clash_and_the_same_in_each_run()
    {
        ushort[] Choose()
        {
            var world = new TwoHosts();
            var ports = new List<ushort>();
            for (int i = 0; i < 500; i++)
            {
                var to = new Endpoint(world.Server.Address, 80);
                Assert.True(world.Client.Sockets.TryConnectTcp(
                    to, 1, new RecordingHandler(), world.Outbox, out TcpConnection? c, out _));
                ports.Add(c.Local.Port);
            }

            return [.. ports];
        }

        ushort[] first = Choose();
        Assert.Equal(500, first.Distinct().Count());
        Assert.All(first, p => Assert.InRange(p, 32_768, 60_999));
        Assert.Equal(first, Choose());
    }

    [Fact]
    public void Refuses_to_connect_without_a_route()
    {
        _world.Client.HasRoute = false;
        var to = new Endpoint(_world.Server.Address, 80);
        Assert.False(_world.Client.Sockets.TryConnectTcp(
            to, 1, new RecordingHandler(), _world.Outbox, out _, out SocketError error));
        Assert.Equal(SocketError.NetworkUnreachable, error);
        Assert.Equal(0, _world.Client.Sockets.Count);
    }

    [Fact]
    public void Sends_with_its_own_ttl_and_leaves_the_namespaces_alone()
    {
        // ip(7), IP_TTL.
        var to = new Endpoint(_world.Server.Address, 8080);
        var handler = new RecordingHandler();
        _world.Client.Sockets.TryConnectTcp(to, 1, handler, _world.Outbox, out _, out _, new(TimeToLive: 9));
        _world.Client.Sockets.TryConnectTcp(to, 2, handler, _world.Outbox, out _, out _);
        Assert.Equal([9, 64], _world.Sent.Select(s => (int)s.Packet.TimeToLive));
    }

    private TcpConnection Connect(RecordingHandler client, RecordingHandler? server)
    {
        if (server is not null)
        {
            Assert.True(_world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 8080), server, out _, out _));
        }

        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(
            to, 77, client, _world.Outbox, out TcpConnection? connection, out _));
        return connection;
    }
}
