using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;
using Emulator.Underlay;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>Two namespaces with sockets and processes, joined by a pipe of constant latency: everything below the
/// sockets is missing on purpose.</summary>
internal sealed class TwoHosts
{
    private static readonly InterfaceName OnWire = new("default/client", "node-1", "eth0");
    private readonly SortedDictionary<(long Time, long Sequence), (Action<Message> Take, Message Message)> _queue = [];
    private long _sequence;

    public TwoHosts(int mtu = 1450, ulong seed = 1)
    {
        Outbox = new Outbox { Seed = seed };
        Client = new TestHost(this, "default/client", IPv4Address.Parse("10.244.1.2"), mtu);
        Server = new TestHost(this, "default/server", IPv4Address.Parse("10.244.1.3"), mtu);
    }

    public Outbox Outbox { get; }

    public TestHost Client { get; }

    public TestHost Server { get; }

    /// <summary>One way, in nanoseconds.</summary>
    public long Latency { get; set; } = 50_000;

    /// <summary>A wire from client to server and one back instead of the constant latency.</summary>
    public (Wire There, Wire Back)? Wires { get; set; }

    /// <summary>Packets for which this is true are lost.</summary>
    public Func<IPv4Packet, bool> Loses { get; set; } = _ => false;

    /// <summary>What becomes of a packet on the way.</summary>
    public Func<IPv4Packet, IPv4Packet> Alters { get; set; } = packet => packet;

    /// <summary>Extra delay of a packet in nanoseconds.</summary>
    public Func<IPv4Packet, long> Delays { get; set; } = _ => 0;

    /// <summary>Every packet that was sent, in order.</summary>
    public List<(SimTime Time, IPv4Packet Packet)> Sent { get; } = [];

    public SimTime Now => Outbox.Now;

    public TestHost? HostOf(IPv4Address address) =>
        address == Client.Address ? Client : address == Server.Address ? Server : null;

    public void Carry(IPv4Packet packet)
    {
        if (Wires is { } wires)
        {
            Wire wire = packet.Source == Client.Address ? wires.There : wires.Back;
            wire.Transmit(new EthernetFrame(default, default, packet), 0, OnWire, Outbox);
            return;
        }

        Sent.Add((Now, packet));
        TestHost? to = HostOf(packet.Destination);
        if (to is not null && !Loses(packet))
        {
            Post(to, new EthernetFrame(default, default, Alters(packet)), Latency + Delays(packet));
        }
    }

    public void Post(TestHost to, Message message, long delay) => Post(to.Receive, message, delay);

    /// <summary>The cgroups of the machine that both are on; none at first.</summary>
    public CgroupsActor? Cgroups { get; set; }

    private void Post(Action<Message> take, Message message, long delay) =>
        _queue.Add((Now.Nanoseconds + delay, _sequence++), (take, message));

    /// <summary>Lets everything happen up to a time.</summary>
    public void RunFor(SimDuration duration)
    {
        SimTime end = Now + duration;
        Drain();
        while (_queue.Count > 0 && _queue.First() is var next && next.Key.Time <= end.Nanoseconds)
        {
            _queue.Remove(next.Key);
            Outbox.Now = new SimTime(next.Key.Time);
            next.Value.Take(next.Value.Message);
            Drain();
        }

        Outbox.Now = end;
    }

    public void Run() => RunFor(SimDuration.FromSeconds(1));

    /// <summary>The TCP segments sent so far: who, flags as tcpdump has them, length of data.</summary>
    public IReadOnlyList<string> Segments =>
        [.. Sent.Where(s => s.Packet.Payload is TcpSegment).Select(s => Show(s.Packet))];

    public string Show(IPv4Packet packet)
    {
        var segment = (TcpSegment)packet.Payload;
        string flags = string.Concat(
            (segment.Flags & TcpFlags.Syn) != 0 ? "S" : "",
            (segment.Flags & TcpFlags.Fin) != 0 ? "F" : "",
            (segment.Flags & TcpFlags.Rst) != 0 ? "R" : "",
            (segment.Flags & TcpFlags.Psh) != 0 ? "P" : "",
            (segment.Flags & TcpFlags.Ack) != 0 ? "A" : "");
        string who = packet.Source == Client.Address ? "c" : "s";
        return $"{who} {flags} {segment.Data.Length}";
    }

    public JournalEntry[] Journal(JournalKind kind) => [.. Outbox.Journal.Entries.ToArray().Where(e => e.Kind == kind)];

    private void Drain()
    {
        foreach (Outgoing sent in Outbox.Sent)
        {
            TestHost? to = sent.To == Client.Self ? Client : sent.To == Server.Self ? Server : null;
            if (to is not null)
            {
                Post(to, sent.Message, sent.DelayNanoseconds);
            }
            else if (Cgroups is { } cgroups && sent.To == cgroups.Self)
            {
                Post(message => cgroups.Receive(message, 0, Outbox), sent.Message, sent.DelayNanoseconds);
            }
        }

        Outbox.Clear();
    }
}

/// <summary>One of the two: sockets and processes over the pipe.</summary>
internal sealed class TestHost : INetworkLayer
{
    private readonly TwoHosts _world;
    private ulong _packets;

    public TestHost(TwoHosts world, string name, IPv4Address address, int mtu)
    {
        _world = world;
        Address = address;
        Mtu = mtu;
        Self = new ActorRef(name, "uid", new MachineRef("node-1", "zone-a"));
        Sockets = new SocketTable(this);
        Processes = new ProcessTable(this, Sockets, name);
    }

    public ActorRef Self { get; }

    public IPv4Address Address { get; }

    public int Mtu { get; set; }

    public CongestionKind Congestion { get; set; }

    public bool HasRoute { get; set; } = true;

    public OutputError OutputError { get; set; }

    public SocketTable Sockets { get; }

    public ProcessTable Processes { get; }

    /// <summary>Messages that neither kernel nor process took.</summary>
    public List<Message> Unknown { get; } = [];

    public ulong NextPacketId() => ++_packets;

    public ulong UpcomingPacketId => _packets + 1;

    public bool TryRoute(IPv4Address destination, out IPv4Address source, out int mtu)
    {
        (source, mtu) = (Address, Mtu);
        return HasRoute;
    }

    public bool IsLocal(IPv4Address address) => address == Address || address.Value >> 24 == 127;

    public OutputError Output(
        IPv4Address source, IPv4Address destination, TransportPayload payload, in OutputOptions options, Outbox outbox)
    {
        if (OutputError != OutputError.None)
        {
            return OutputError;
        }

        var packet = new IPv4Packet
        {
            Identity = options.Identity,
            Source = source,
            Destination = destination,
            Payload = payload,
            DontFragment = options.DontFragment,
            TimeToLive = options.TimeToLive == 0 ? (byte)64 : options.TimeToLive,
        };
        outbox.Originated(Self, packet);
        _world.Carry(packet);
        return OutputError.None;
    }

    /// <summary>An ICMP error for this host, about a packet that it sent.</summary>
    public void ReceiveError(IcmpType type, byte code, IPv4Packet quoted, IPv4Address offender, uint rest = 0)
    {
        var error = new IcmpMessage { Type = type, Code = code, Rest = rest, Quoted = quoted,
            QuotedLength = quoted.Length };
        var carrier = new IPv4Packet
        {
            Identity = new PacketIdentity(NextPacketId(), quoted.Identity.Flow, true),
            Source = offender,
            Destination = Address,
            Payload = error,
        };
        Sockets.ReceiveError(error, carrier, _world.Outbox);
    }

    public void Receive(Message message)
    {
        Outbox outbox = _world.Outbox;
        if (message is not EthernetFrame frame)
        {
            if (!Processes.Receive(message, outbox))
            {
                Unknown.Add(message);
            }

            return;
        }

        var packet = (IPv4Packet)frame.Payload;
        if (packet.Payload is not IcmpMessage icmp)
        {
            if (!Sockets.Receive(packet, outbox))
            {
                AnswerUnreachable(packet, outbox);
            }
        }
        else if (icmp.Type == IcmpType.EchoReply)
        {
            Sockets.ReceiveEchoReply(packet, outbox);
        }
        else if (icmp.IsError)
        {
            Sockets.ReceiveError(icmp, packet, outbox);
        }
        else
        {
            outbox.Delivered(Self, packet);
            Reply(packet, icmp with { Type = IcmpType.EchoReply }, outbox);
        }
    }

    private void AnswerUnreachable(IPv4Packet packet, Outbox outbox) => Reply(
        packet,
        new IcmpMessage
        {
            Type = IcmpType.DestinationUnreachable,
            Code = IcmpUnreachable.Port,
            Quoted = packet,
            QuotedLength = packet.Length,
        },
        outbox);

    private void Reply(IPv4Packet packet, IcmpMessage message, Outbox outbox)
    {
        var identity = new PacketIdentity(NextPacketId(), packet.Identity.Flow, !packet.Identity.IsReply);
        Output(Address, packet.Source, message, new OutputOptions(identity, false), outbox);
    }
}
