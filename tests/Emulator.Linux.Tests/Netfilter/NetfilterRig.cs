using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>
/// Netfilter of a node with the addresses of the recorded topology's node 1, and the ways packets take through it.
/// </summary>
internal sealed class NetfilterRig : INetfilterHost
{
    public static readonly NetDevice Cni0 = new Device(1, "cni0");
    public static readonly NetDevice Flannel = new Device(2, "flannel.1");
    public static readonly NetDevice Eth0 = new Device(3, "eth0");

    private static readonly ActorRef Node = new("node/ko-n1", "", new MachineRef("ko-n1", "a"));

    public NetfilterRig(ulong seed = 1, ConntrackSettings? settings = null) =>
        Netfilter = new Linux.Netfilter.Netfilter(this, Node, seed, settings);

    public Linux.Netfilter.Netfilter Netfilter { get; }

    public Outbox Outbox { get; } = new();

    public SimTime Now
    {
        get => Outbox.Now;
        set => Outbox.Now = value;
    }

    public AddressType TypeOf(IPv4Address address) =>
        address.IsLoopback || address.ToString() is "192.168.77.11" or "10.244.1.1" or "10.244.1.0"
            ? AddressType.Local : AddressType.Unicast;

    public IPv4Address? SourceFor(NetDevice device, IPv4Address destination) => device.Name switch
    {
        "cni0" => Ip("10.244.1.1"),
        "flannel.1" => Ip("10.244.1.0"),
        "eth0" => Ip("192.168.77.11"),
        _ => null,
    };

    public static IPv4Address Ip(string text) => IPv4Address.Parse(text);

    public void Put(TableName table, string owner, int order, TableContent content) =>
        Netfilter.Replace(new ReplaceTable(table, owner, order, content));

    public void After(long milliseconds) => Now += SimDuration.FromMilliseconds(milliseconds);

    public IReadOnlyList<string> Entries() => [.. Netfilter.Conntrack.List(Now).Select(r => r.ToString())];

    /// <summary>The device by which the node sends to an address.</summary>
    public static NetDevice DeviceTo(IPv4Address address) =>
        Cidr.Parse("10.244.1.0/24").Contains(address) ? Cni0
        : Cidr.Parse("10.244.0.0/16").Contains(address) ? Flannel : Eth0;

    /// <summary>A packet from outside this host: PREROUTING, then FORWARD or INPUT, then POSTROUTING.</summary>
    public (NetfilterVerdict Verdict, SkBuff Skb) Receive(IPv4Packet packet, NetDevice? from = null)
    {
        SkBuff skb = new() { Packet = packet, In = from ?? DeviceTo(packet.Source) };
        NetfilterVerdict verdict = Netfilter.Run(Hook.Prerouting, ref skb, Outbox);
        if (!verdict.IsAccepted)
        {
            return (verdict, skb);
        }

        if (TypeOf(skb.Packet.Destination) == AddressType.Local)
        {
            verdict = Netfilter.Run(Hook.Input, ref skb, Outbox);
            return (verdict, skb);
        }

        skb.Out = DeviceTo(skb.Packet.Destination);
        verdict = Netfilter.Run(Hook.Forward, ref skb, Outbox);
        if (verdict.IsAccepted)
        {
            verdict = Netfilter.Run(Hook.Postrouting, ref skb, Outbox);
        }

        return (verdict, skb);
    }

    /// <summary>A packet made here: OUTPUT and POSTROUTING.</summary>
    public (NetfilterVerdict Verdict, SkBuff Skb) Send(IPv4Packet packet, SkBuff? cause = null)
    {
        SkBuff skb = new() { Packet = packet, Out = DeviceTo(packet.Destination) };
        if (cause is SkBuff attached)
        {
            Netfilter.Attach(ref skb, attached);
        }

        NetfilterVerdict verdict = Netfilter.Run(Hook.Output, ref skb, Outbox);
        if (!verdict.IsAccepted)
        {
            return (verdict, skb);
        }

        skb.Out = DeviceTo(skb.Packet.Destination);
        verdict = Netfilter.Run(Hook.Postrouting, ref skb, Outbox);
        return (verdict, skb);
    }

    public static IPv4Packet Udp(string source, int sourcePort, string destination, int destinationPort) =>
        Packet(source, destination, new UdpDatagram((ushort)sourcePort, (ushort)destinationPort, Payload.Empty));

    public static IPv4Packet Tcp(
        string source, int sourcePort, string destination, int destinationPort, TcpFlags flags) =>
        Packet(source, destination, new TcpSegment
        {
            SourcePort = (ushort)sourcePort,
            DestinationPort = (ushort)destinationPort,
            Flags = flags,
        });

    public static IPv4Packet Echo(string source, string destination, ushort identifier, bool reply = false) =>
        Packet(source, destination, new IcmpMessage
        {
            Type = reply ? IcmpType.EchoReply : IcmpType.EchoRequest,
            Rest = (uint)identifier << 16,
        });

    public static IPv4Packet Error(string source, string destination, IcmpType type, byte code, IPv4Packet quoted) =>
        Packet(source, destination, new IcmpMessage
        {
            Type = type,
            Code = code,
            Quoted = quoted,
            QuotedLength = quoted.Length,
        });

    /// <summary>The packet as <c>10.244.1.2:41000 > 10.96.0.10:53</c>.</summary>
    public static string Text(IPv4Packet packet) => packet.Payload switch
    {
        UdpDatagram udp => $"{packet.Source}:{udp.SourcePort} > {packet.Destination}:{udp.DestinationPort}",
        TcpSegment tcp => $"{packet.Source}:{tcp.SourcePort} > {packet.Destination}:{tcp.DestinationPort}",
        IcmpMessage { Quoted: IPv4Packet quoted } => $"{packet.Source} > {packet.Destination} about [{Text(quoted)}]",
        IcmpMessage echo => $"{packet.Source} > {packet.Destination} id {echo.EchoIdentifier}",
        _ => throw new ArgumentException($"No text for {packet.Payload.GetType().Name}."),
    };

    private static IPv4Packet Packet(string source, string destination, TransportPayload payload) => new()
    {
        Identity = new PacketIdentity(1, 0, false),
        Source = Ip(source),
        Destination = Ip(destination),
        Payload = payload,
    };

    private sealed class Device(int index, string name)
        : NetDevice(index, new InterfaceName("ko-n1", "ko-n1", name), default, 1500)
    {
        protected override ActorRef Owner => Node;

        protected override void Send(EthernetFrame frame, long offset, Outbox outbox) =>
            throw new InvalidOperationException("Netfilter sends nothing.");
    }
}
