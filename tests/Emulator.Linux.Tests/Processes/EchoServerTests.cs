using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;
using Emulator.Linux.Tests.Sockets;

namespace Emulator.Linux.Tests.Processes;

public class EchoServerTests
{
    private readonly TwoHosts _world = new();

    public EchoServerTests()
    {
        var server = new EchoServer("default/server", [8080], [5353])
        {
            TcpReply = Payload.FromText("answer"),
            UdpReplyLength = 5,
        };
        _world.Server.Processes.Start("app", server, _world.Outbox);
    }

    [Fact]
    public void Answers_http_with_its_pods_name()
    {
        ExchangeResult result = Ask(new() { Kind = ExchangeKind.Http, Host = "10.244.1.3", Port = 8080, Path = "/x" });

        Assert.Equal((ExchangeOutcome.Reply, 200), (result.Outcome, result.Status));
        Assert.Equal("default/server\n"u8.ToArray(), result.Reply.ToBytes().ToArray());
    }

    [Fact]
    public void Answers_other_bytes_with_its_fixed_reply_and_the_sequence_of_a_real_exchange()
    {
        ExchangeResult result = Ask(new()
        {
            Kind = ExchangeKind.Tcp, Host = "10.244.1.3", Port = 8080, Bytes = Payload.FromText("hello"),
        });

        Assert.Equal("answer"u8.ToArray(), result.Reply.ToBytes().ToArray());
        Assert.Equal(
            ["c S 0", "s SA 0", "c A 0", "c PA 5", "s A 0", "s PA 6", "c A 0", "c FA 0", "s FA 0", "c A 0"],
            _world.Segments);
    }

    [Fact]
    public void Answers_a_datagram_of_four_bytes_with_five()
    {
        ExchangeResult result = Ask(new()
        {
            Kind = ExchangeKind.Udp, Host = "10.244.1.3", Port = 5353, Bytes = new FillerPayload(4),
        });

        Assert.Equal((ExchangeOutcome.Reply, 5), (result.Outcome, result.BytesReceived));
        Assert.Equal(SimDuration.FromMicroseconds(100), result.Latency);
        Assert.Equal([32, 33], _world.Sent.Select(s => s.Packet.Length));
    }

    [Fact]
    public void Journals_the_exchange_at_both_ends_under_one_flow()
    {
        ExchangeResult result = Ask(new() { Kind = ExchangeKind.Http, Host = "10.244.1.3", Port = 8080 });

        JournalEntry[] started = _world.Journal(JournalKind.ExchangeStarted);
        JournalEntry[] ended = _world.Journal(JournalKind.ExchangeEnded);
        Assert.Equal([false, true], started.Select(e => e.IsReply));
        Assert.Equal([true, false], ended.Select(e => e.IsReply));
        Assert.All(started.Concat(ended), e => Assert.Equal(result.Flow, e.Flow));
        Assert.Equal(result.Latency.Nanoseconds, ended[1].B);
        Assert.NotEqual(0ul, result.Flow);
    }

    [Theory]
    [InlineData(ExchangeKind.Tcp, 9, ExchangeOutcome.Refused)]
    [InlineData(ExchangeKind.Udp, 9, ExchangeOutcome.Refused)]
    [InlineData(ExchangeKind.Ping, 0, ExchangeOutcome.Reply)]
    public void Tells_how_an_exchange_ended(ExchangeKind kind, ushort port, ExchangeOutcome expected)
    {
        ExchangeResult result = Ask(
            new() { Kind = kind, Host = "10.244.1.3", Port = port, Bytes = Payload.FromText("hello") });
        Assert.Equal(expected, result.Outcome);
    }

    [Fact]
    public void Gives_up_after_its_timeout()
    {
        _world.Loses = _ => true;
        ExchangeResult result = Ask(new() { Kind = ExchangeKind.Http, Host = "10.244.1.3", Port = 8080 });

        Assert.Equal((ExchangeOutcome.Timeout, SimDuration.FromSeconds(5)), (result.Outcome, result.Latency));
    }

    [Fact]
    public void Is_unreachable_without_a_route()
    {
        _world.Client.HasRoute = false;
        ExchangeResult result = Ask(new() { Kind = ExchangeKind.Udp, Host = "10.244.1.3", Port = 5353 });
        Assert.Equal((ExchangeOutcome.Unreachable, SocketError.NetworkUnreachable),
            (result.Outcome, result.Failure.Error));
    }

    [Fact]
    public void Leaves_nothing_behind_but_time_wait()
    {
        Ask(new() { Kind = ExchangeKind.Http, Host = "10.244.1.3", Port = 8080 });
        Assert.Empty(_world.Client.Processes.ContainerNames);
        Assert.Equal(1, _world.Client.Sockets.Count);
        _world.RunFor(SimDuration.FromSeconds(61));
        Assert.Equal(0, _world.Client.Sockets.Count);
        Assert.Equal(2, _world.Server.Sockets.Count);
    }

    [Fact]
    public void Closes_its_connections_when_killed()
    {
        var client = new RecordingHandler();
        var to = new Endpoint(_world.Server.Address, 8080);
        Assert.True(_world.Client.Sockets.TryConnectTcp(to, 1, client, _world.Outbox, out _, out _));
        _world.Run();
        Assert.True(_world.Server.Processes.Kill("app", _world.Outbox));
        _world.Run();

        Assert.Equal(["connected", "peer closed"], client.Events);
        Assert.Equal(
            ExchangeOutcome.Refused, Ask(new() { Kind = ExchangeKind.Tcp, Host = "10.244.1.3", Port = 8080 }).Outcome);
    }

    private ExchangeResult Ask(ExchangeRequest request)
    {
        _world.Client.Unknown.Clear();
        _world.Client.Processes.Receive(new RunExchange(request, _world.Client.Self, 3), _world.Outbox);
        _world.RunFor(SimDuration.FromSeconds(6));
        var completed = (ExchangeCompleted)Assert.Single(_world.Client.Unknown);
        Assert.Equal(3, completed.Token);
        return completed.Result;
    }
}
