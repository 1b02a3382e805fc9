using System.Buffers.Binary;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

public class TcpStreamTests
{
    private readonly TwoHosts _world = new();
    private readonly RecordingHandler _client = new();
    private readonly RecordingHandler _server = new() { PeerClosed = (c, o) => c.Close(o) };
    private readonly TcpConnection _connection;

    public TcpStreamTests()
    {
        Assert.True(_world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 8080), _server, out _, out _));
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(to, 1, _client, _world.Outbox, out TcpConnection? made, out _));
        _connection = made;
        _world.RunFor(SimDuration.FromMilliseconds(10));
        _world.Sent.Clear();
    }

    [Fact]
    public void Cuts_a_write_into_segments_and_pushes_the_last()
    {
        // 1450 - 20 - 20 - 12 bytes of timestamps = 1398 (recorded scenario "pmtud_tcp_both1500").
        Send(4000);
        _world.Run();

        Assert.Equal(["c A 1398", "c A 1398", "c PA 1204"], _world.Segments.Where(s => s[0] == 'c'));
        Assert.Equal(Pattern(4000), _server.Bytes);
    }

    [Fact]
    public void Begins_with_ten_segments_under_way()
    {
        // RFC 6928.
        Send(100_000);
        Assert.Equal(10, _world.Sent.Count);
        _world.RunFor(SimDuration.FromMicroseconds(110));
        Assert.Equal(30, _world.Sent.Count(s => s.Packet.Source == _world.Client.Address));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Delivers_every_byte_once_and_in_order_over_a_bad_wire(ulong seed)
    {
        // A tenth of all packets lost and a fifth delayed past their followers, from a stable hash.
        bool Chance(IPv4Packet p, ulong salt, ulong percent) =>
            StableHash.Finish(StableHash.Combine(
                StableHash.Combine(p.Source.Value, p.Identity.Packet), (seed * 100) + salt)) % 100 < percent;
        _world.Loses = p => Chance(p, 1, 10);
        _world.Delays = p => Chance(p, 2, 20) ? 300_000 : 0;
        Send(200_000);
        _connection.CloseSending(_world.Outbox);
        _world.RunFor(SimDuration.FromSeconds(300));

        Assert.Equal(Pattern(200_000), _server.Bytes);
        Assert.Contains("peer closed", _client.Events);
        Assert.Equal(0, _world.Server.Sockets.TcpConnectionCount);
        AssertEveryPacketEndedOnce();
    }

    [Fact]
    public void Sends_a_lost_segment_again_after_three_duplicates_without_waiting_for_the_timer()
    {
        // RFC 5681 section 3.2.
        int count = 0;
        _world.Loses = p => p.Source == _world.Client.Address && ++count == 2;
        Send(10 * 1398);
        _world.RunFor(SimDuration.FromMilliseconds(1));

        Assert.Equal(Pattern(10 * 1398), _server.Bytes);
        Assert.Equal(11, _world.Sent.Count(s => s.Packet.Source == _world.Client.Address));
    }

    [Fact]
    public void Tells_which_segments_came_beyond_a_gap()
    {
        // RFC 2018; a segment of 64 bytes, as recorded in "pmtud_tcp_both1500".
        int count = 0;
        _world.Loses = p => p.Source == _world.Client.Address && ++count == 1;
        Send(2 * 1398);
        _world.RunFor(SimDuration.FromMicroseconds(60));

        IPv4Packet duplicate = _world.Sent.Last().Packet;
        var block = Assert.Single(((TcpSegment)duplicate.Payload).Options.SackBlocks);
        Assert.Equal(64, duplicate.Length);
        Assert.Equal(1398u, block.End - block.Start);
    }

    [Fact]
    public void Doubles_its_retransmission_interval_and_gives_up()
    {
        // A real kernel (6.18, ticks of 4 ms) sent at 0, 208 (its tail-loss probe), 416, 848, 1680, 3344, 6672 ms: RTT
        // + 200 ms, then doubling from the probe on. tcp_retries2 = 15: the last within 924.6 s of the first timeout.
        _world.Loses = _ => true;
        SimTime start = _world.Now;
        Send(100);
        _world.RunFor(SimDuration.FromSeconds(10));
        long[] afterMilliseconds = [.. _world.Sent.Select(s => (s.Time - start).Nanoseconds / 1_000_000)];
        Assert.Equal([0L, 200, 400, 800, 1600, 3201, 6403], afterMilliseconds);

        _world.RunFor(SimDuration.FromSeconds(1100));
        Assert.Equal(["connected", "failed TimedOut"], _client.Events);
        Assert.Equal(17, _world.Sent.Count);
    }

    [Fact]
    public void Stops_when_the_peers_window_is_full_and_probes_until_it_opens()
    {
        TcpConnection peer = Assert.Single(_server.Accepted);
        peer.PauseReading();
        Send(500_000);
        _world.RunFor(SimDuration.FromSeconds(5));
        Assert.Empty(_server.Bytes);
        int sent = _world.Sent.Where(s => s.Packet.Source == _world.Client.Address)
            .Sum(s => ((TcpSegment)s.Packet.Payload).Data.Length);
        Assert.InRange(sent, 60_000, 66_560);
        int probes = _world.Sent.Count(s => s.Packet.Source == _world.Client.Address
            && s.Time.Nanoseconds > 100_000_000 && ((TcpSegment)s.Packet.Payload).Data.Length == 0);
        Assert.Equal(4, probes);

        peer.ResumeReading(_world.Outbox);
        _world.RunFor(SimDuration.FromSeconds(5));
        Assert.Equal(Pattern(500_000), _server.Bytes);
        AssertEveryPacketEndedOnce();
    }

    [Fact]
    public void Grows_the_window_for_a_reader_that_keeps_up()
    {
        Send(2_000_000);
        _world.RunFor(SimDuration.FromSeconds(5));
        Assert.Equal(Pattern(2_000_000), _server.Bytes);
        ushort last = ((TcpSegment)_world.Sent.Last(
            s => s.Packet.Source == _world.Server.Address).Packet.Payload).Window;
        Assert.True(last << 10 >= 1_000_000, $"{last << 10}");
    }

    [Fact]
    public void Refuses_more_than_its_send_buffer_and_tells_when_there_is_room()
    {
        _world.Loses = _ => true;
        Assert.True(_connection.Send(new FillerPayload(SocketLimits.SendBufferMax), _world.Outbox));
        Assert.False(_connection.Send(new FillerPayload(1), _world.Outbox));
        _world.Loses = _ => false;
        _world.RunFor(SimDuration.FromSeconds(60));
        Assert.Equal(["connected", "writable"], _client.Events);
        Assert.True(_connection.Send(new FillerPayload(1), _world.Outbox));
    }

    [Fact]
    public void Shrinks_its_segments_when_the_path_is_narrower()
    {
        // Recorded scenario "pmtud_tcp_both1500": both ends at 1500 over 1450; 4000 bytes go as 1448, 1448, 1104, and
        // the first two come again as 1398, 1398, 100.
        var world = new TwoHosts(mtu: 1500);
        var server = new RecordingHandler();
        Assert.True(world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 8080), server, out _, out _));
        var to = new Endpoint(world.Server.Address, 8080);
        Assert.True(world.Client.Sockets.TryConnectTcp(
            to, 1, new RecordingHandler(), world.Outbox, out TcpConnection? c, out _));
        world.RunFor(SimDuration.FromMilliseconds(10));
        world.Sent.Clear();

        world.Loses = p => p.Length > 1450;
        c.Send(new BytesPayload(Pattern(4000)), world.Outbox);
        var tooLarge = world.Sent.Where(s => s.Packet.Length > 1450).Select(s => s.Packet).ToList();
        world.RunFor(SimDuration.FromMicroseconds(20));
        foreach (IPv4Packet packet in tooLarge)
        {
            world.Client.ReceiveError(
                IcmpType.DestinationUnreachable, IcmpUnreachable.FragmentationNeeded, packet,
                IPv4Address.Parse("10.244.1.1"), rest: 1450);
        }

        world.RunFor(SimDuration.FromMilliseconds(20));
        Assert.Equal(
            ["c A 1448", "c A 1448", "c PA 1104", "c A 1398", "c A 1398", "c PA 100"],
            world.Segments.Where(s => s[0] == 'c'));
        Assert.Equal(Pattern(4000), server.Bytes);
    }

    [Fact]
    public void Holds_acknowledgments_back_once_data_goes_to_and_fro()
    {
        // Linux' ping-pong mode: the second request is acknowledged by its reply.
        var world = new TwoHosts();
        var server = new RecordingHandler { Received = (c, _, o) => c.Send(Payload.FromText("answer"), o) };
        int replies = 0;
        var client = new RecordingHandler
        {
            Connected = (c, o) => c.Send(Payload.FromText("one"), o),
            Received = (c, bytes, o) =>
            {
                if (++replies < 2)
                {
                    c.Send(Payload.FromText("two"), o);
                }
            },
        };
        Assert.True(world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 8080), server, out _, out _));
        var to = new Endpoint(world.Server.Address, 8080);
        Assert.True(world.Client.Sockets.TryConnectTcp(to, 1, client, world.Outbox, out _, out _));
        world.Run();

        Assert.Equal(
            ["c S 0", "s SA 0", "c A 0", "c PA 3", "s A 0", "s PA 6", "c A 0", "c PA 3", "s PA 6", "c A 0"],
            world.Segments);
        SimDuration heldBack = world.Sent[^1].Time - world.Sent[^2].Time;
        Assert.Equal(SimDuration.FromMilliseconds(40) + SimDuration.FromMicroseconds(50), heldBack);
    }

    [Fact]
    public void Keeps_soft_errors_to_itself_while_data_is_under_way()
    {
        _world.Loses = _ => true;
        Send(100);
        _world.Client.ReceiveError(
            IcmpType.DestinationUnreachable, IcmpUnreachable.Host, _world.Sent[0].Packet,
                IPv4Address.Parse("10.244.1.1"));
        Assert.Equal(["connected"], _client.Events);
        _world.RunFor(SimDuration.FromSeconds(1100));
        Assert.Equal(["connected", "failed HostUnreachable"], _client.Events);
    }

    private void Send(int bytes) => Assert.True(_connection.Send(new BytesPayload(Pattern(bytes)), _world.Outbox));

    private static byte[] Pattern(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i + 4 <= length; i += 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i), i);
        }

        return bytes;
    }

    private void AssertEveryPacketEndedOnce()
    {
        int ended = _world.Journal(JournalKind.Delivered).Length + _world.Journal(JournalKind.Dropped).Length;
        int originated = _world.Journal(JournalKind.Originated).Length;
        int lost = _world.Sent.Count(s => _world.Loses(s.Packet));
        Assert.Equal(originated, ended + lost);
    }
}
