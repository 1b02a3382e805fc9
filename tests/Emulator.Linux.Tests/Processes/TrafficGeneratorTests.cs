using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Processes;
using Emulator.Linux.Tests.Sockets;

namespace Emulator.Linux.Tests.Processes;

public class TrafficGeneratorTests
{
    private readonly TwoHosts _world = new();

    [Fact]
    public void Starts_exchanges_at_its_rate_for_its_duration()
    {
        _world.Server.Processes.Start("app", new EchoServer("default/server", [8080], [5353]), _world.Outbox);
        var program = new TrafficGenerator(
            new ExchangeRequest { Kind = ExchangeKind.Udp, Host = "10.244.1.3", Port = 5353,
                Bytes = new FillerPayload(4) },
            SimDuration.FromMilliseconds(10))
        {
            StartOffset = SimDuration.FromMilliseconds(3),
            Duration = SimDuration.FromMilliseconds(50),
        };
        _world.Client.Processes.Start("traffic", program, _world.Outbox);
        _world.Run();

        JournalEntry[] started = [.. _world.Journal(JournalKind.ExchangeStarted).Where(e => !e.IsReply)];
        Assert.Equal([3L, 13, 23, 33, 43], started.Select(e => e.TimeNanoseconds / 1_000_000));
        Assert.Equal(5, started.Select(e => e.Flow).Distinct().Count());
        Assert.All(
            _world.Journal(JournalKind.ExchangeEnded), e => Assert.Equal((long)ExchangeOutcome.Reply, e.A));
        Assert.Empty(_world.Client.Processes.ContainerNames);
    }

    [Fact]
    public void Sends_one_way_datagrams_in_one_flow()
    {
        _world.Server.Processes.Start("app", new Sink([9000]), _world.Outbox);
        var program = new TrafficGenerator(
            new ExchangeRequest { Kind = ExchangeKind.Udp, Host = "10.244.1.3", Port = 9000,
                Bytes = new FillerPayload(64) },
            new SimDuration(500))
        {
            IsOneWay = true,
            CountMax = 1_000,
        };
        _world.Client.Processes.Start("traffic", program, _world.Outbox);
        _world.Run();

        Assert.Equal(1_000, _world.Journal(JournalKind.Delivered).Length);
        Assert.Equal(499_500, _world.Sent[^1].Time.Nanoseconds);
        Assert.Single(_world.Sent.Select(s => s.Packet.Identity.Flow).Distinct());
        var ended = (ExchangeResult)Assert.Single(_world.Journal(JournalKind.ExchangeEnded)).Subject!;
        Assert.Equal((ExchangeOutcome.Sent, 64_000), (ended.Outcome, ended.BytesSent));
    }

    [Fact]
    public void Skips_what_would_be_too_many_at_once_and_notes_it()
    {
        _world.Loses = _ => true;
        var program = new TrafficGenerator(
            new ExchangeRequest { Kind = ExchangeKind.Udp, Host = "10.244.1.3", Port = 9000,
                Bytes = new FillerPayload(1) },
            SimDuration.FromMilliseconds(1))
        {
            CountMax = 5,
            OutstandingMax = 2,
        };
        _world.Client.Processes.Start("traffic", program, _world.Outbox);
        _world.RunFor(SimDuration.FromSeconds(6));

        Assert.Equal(2, _world.Journal(JournalKind.ExchangeStarted).Length);
        Assert.Equal(3, _world.Journal(JournalKind.Note).Length);
        Assert.Empty(_world.Client.Processes.ContainerNames);
    }

    [Fact]
    public void Stops_when_killed_with_the_exchanges_it_started()
    {
        var program = new TrafficGenerator(
            new ExchangeRequest { Kind = ExchangeKind.Tcp, Host = "10.244.1.3", Port = 9000 },
                SimDuration.FromMilliseconds(100));
        _world.Loses = _ => true;
        _world.Client.Processes.Start("traffic", program, _world.Outbox);
        _world.Run();
        Assert.NotEqual(0, _world.Client.Sockets.Count);
        Assert.True(_world.Client.Processes.Kill("traffic", _world.Outbox));
        Assert.Equal(0, _world.Client.Sockets.Count);
        Assert.Empty(_world.Client.Processes.ContainerNames);
    }

    [Theory]
    [InlineData(5, 6)]
    [InlineData(4, 5)]
    [InlineData(64, 64)]
    [InlineData(4000, 20_000)]
    public void Gets_the_reply_it_asks_for(int request, int reply)
    {
        _world.Server.Processes.Start("app", new EchoServer("default/server", [8080], [5353]), _world.Outbox);
        foreach (ExchangeKind kind in (ExchangeKind[])[ExchangeKind.Tcp, ExchangeKind.Udp])
        {
            var asked = new ExchangeRequest
            {
                Kind = kind,
                Host = "10.244.1.3",
                Port = (ushort)(kind == ExchangeKind.Tcp ? 8080 : 5353),
                Bytes = AskedReply.Request(request, reply),
                ReplyLength = reply,
            };
            _world.Client.Unknown.Clear();
            _world.Client.Processes.Receive(new RunExchange(asked, _world.Client.Self), _world.Outbox);
            _world.Run();
            ExchangeResult result = ((ExchangeCompleted)Assert.Single(_world.Client.Unknown)).Result;
            Assert.Equal((ExchangeOutcome.Reply, request, reply),
                (result.Outcome, result.BytesSent, result.BytesReceived));
        }
    }
}
