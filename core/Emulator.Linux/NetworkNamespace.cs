using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.IPv4;
using Emulator.Linux.Neighbour;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Linux;

/// <summary>
/// A network namespace: devices, routes, neighbours, netfilter, sockets. A pod and a node are both this, configured
/// twice.
/// </summary>
/// <remarks>
/// Owned by one actor, which hands it frames, netlink messages and timers. Owns: everything below the application.
/// Does not
/// own: the ports and FDB of a bridge (<see cref="BridgeActor"/>), the wires (Emulator.Underlay).
/// </remarks>
public sealed class NetworkNamespace : INetworkLayer, INetfilterHost
{
    /// <summary>Destinations whose path MTU is remembered.</summary>
    public const int PathMtusMax = 2_048;

    // The port of frames that no bridge's hooks have seen.
    private const int NotBridged = 0;

    private readonly Actor _owner;
    private readonly List<NetDevice?> _devices = [null];
    private Dictionary<IPv4Address, (int Mtu, long Until)>? _pathMtus;
    private Vxlan? _vxlan;

    /// <summary>An empty namespace with lo.</summary>
    /// <param name="name">Its name in journal and captures.</param>
    /// <param name="owner">The actor that it lives in.</param>
    /// <param name="hopNanoseconds">What passing one device costs, at least 1,000 ns.</param>
    public NetworkNamespace(string name, Actor owner, long hopNanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hopNanoseconds, 1_000);
        Name = name;
        _owner = owner;
        HopNanoseconds = hopNanoseconds;
        Input = new Input(this);
        Forward = new Forward(this);
        Output = new Output(this);
        IcmpErrors = new IcmpErrors(this);
        Neighbours = new NeighbourTable(this);
        Reassembly = new Reassembly(Self);
        BridgeNetfilter = new BridgeNetfilter(this);
        Sockets = new SocketTable(this);
        Processes = new ProcessTable(this, Sockets, name);
        Loopback = new Loopback(JournalName("lo"), Self, hopNanoseconds);
        _devices.Add(Loopback);
    }

    /// <summary>Its name in journal and captures: the machine's, or <c>namespace/pod</c>.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public ActorRef Self => _owner.Self;

    /// <summary>What passing one device costs, in nanoseconds.</summary>
    public long HopNanoseconds { get; }

    /// <summary>Routes and addresses.</summary>
    public Fib Fib { get; } = new();

    /// <summary>Kernel settings.</summary>
    public Sysctls Sysctls { get; } = new();

    /// <summary>Who is where on the links.</summary>
    public NeighbourTable Neighbours { get; }

    /// <summary>Rules and connection tracking; null until somebody adds a rule.</summary>
    public Netfilter.Netfilter? Netfilter { get; private set; }

    /// <summary>UDP, TCP and ping sockets.</summary>
    public SocketTable Sockets { get; }

    /// <summary>What runs here.</summary>
    public ProcessTable Processes { get; }

    /// <summary>lo.</summary>
    public NetDevice Loopback { get; }

    /// <summary>The devices in order of ifindex.</summary>
    public IEnumerable<NetDevice> Devices => _devices.OfType<NetDevice>();

    /// <summary>Packets held in queues.</summary>
    public int HeldPackets => Neighbours.HeldPackets + Reassembly.HeldPackets;

    internal Input Input { get; }

    internal Forward Forward { get; }

    internal Output Output { get; }

    internal IcmpErrors IcmpErrors { get; }

    internal Reassembly Reassembly { get; }

    internal BridgeNetfilter BridgeNetfilter { get; }

    /// <summary>The ifindex that the next device gets.</summary>
    internal int NextIndex => _devices.Count;

    /// <summary>The journal's name of an interface here.</summary>
    public InterfaceName JournalName(string device) => new(Name, Self.Machine.Name, device);

    /// <summary>The device of a name, or null.</summary>
    public NetDevice? Device(string name) => _devices.Find(d => d?.Name == name);

    /// <summary>The device of an ifindex, or null.</summary>
    public NetDevice? DeviceAt(int index) => index < _devices.Count ? _devices[index] : null;

    /// <summary>Adds a device; its index must be the next one.</summary>
    /// <exception cref="ArgumentException">The name is taken or the index is not the next.</exception>
    public void Add(NetDevice device)
    {
        if (Device(device.Name) is not null || device.Index != NextIndex)
        {
            throw new ArgumentException(
                $"{Name}: device {device.Name} exists already or has a wrong index {device.Index}.");
        }

        _devices.Add(device);
        _vxlan = device as Vxlan ?? _vxlan;
    }

    /// <summary>Removes a device, its addresses and its routes. Its index is not given again.</summary>
    public void Remove(NetDevice device, Outbox outbox)
    {
        Neighbours.Forget(device, outbox);
        Fib.RemoveDevice(device);
        _devices[device.Index] = null;
        _vxlan = ReferenceEquals(_vxlan, device) ? null : _vxlan;
    }

    /// <summary>The namespace is gone: what waited in it ends.</summary>
    public void End(Outbox outbox)
    {
        Neighbours.End(outbox);
        Reassembly.End(outbox);
    }

    /// <summary>Takes a frame that arrived at a device.</summary>
    public void ReceiveFrame(int index, EthernetFrame frame, Outbox outbox) =>
        ReceiveFrame(index, frame, default, NotBridged, outbox);

    /// <summary>Sends a frame whose turn has come in a device's queueing discipline.</summary>
    internal void Release(int index, EthernetFrame frame, Outbox outbox)
    {
        if (DeviceAt(index) is { } device)
        {
            device.Release(frame, outbox);
        }
        else
        {
            outbox.Dropped(Self, frame.Payload, DropReason.DeviceGone);
        }
    }

    /// <summary>Takes a frame that a bridge passes up after its PREROUTING hooks.</summary>
    public void ReceiveBridged(int index, BridgeVerdict verdict, Outbox outbox) =>
        ReceiveFrame(index, verdict.Frame, verdict.Mark, verdict.InPort, outbox);

    /// <summary>Takes a timer, or a message for the processes; false when nobody wants it.</summary>
    public bool Handle(Message message, Outbox outbox)
    {
        switch (message)
        {
            case NeighbourTimer timer:
                Neighbours.Expire(timer, outbox);
                return true;
            case ReassemblyTimer timer:
                Reassembly.Expire(timer, outbox);
                return true;
            default:
                return Processes.Receive(message, outbox);
        }
    }

    /// <summary>The netfilter of this namespace, made when first needed.</summary>
    public Netfilter.Netfilter RequireNetfilter() =>
        Netfilter ??= new Netfilter.Netfilter(this, Self, _owner.Seed);

    /// <inheritdoc/>
    public CongestionKind Congestion => Sysctls.Congestion;

    /// <inheritdoc/>
    public ulong NextPacketId() => _owner.NextPacketId();

    /// <inheritdoc/>
    public ulong UpcomingPacketId => _owner.UpcomingPacketId;

    /// <inheritdoc/>
    public bool IsLocal(IPv4Address address) => Fib.Classify(address) == RouteType.Local;

    /// <inheritdoc/>
    public bool TryRoute(IPv4Address destination, out IPv4Address source, out int mtu)
    {
        RouteDecision route = Output.Route(destination);
        source = route.Error == OutputError.None ? Output.SourceOf(route, destination) : default;
        mtu = route.Device.Mtu;
        if (_pathMtus is not null && _pathMtus.TryGetValue(destination, out (int Mtu, long Until) path))
        {
            mtu = Math.Min(mtu, path.Mtu);
        }

        return route.Error == OutputError.None;
    }

    /// <inheritdoc/>
    public OutputError RouteError(IPv4Address destination) => Output.Route(destination).Error;

    OutputError INetworkLayer.Output(
        IPv4Address source, IPv4Address destination, TransportPayload payload, in OutputOptions options,
        Outbox outbox) =>
        Output.Send(source, destination, payload, options, default, 0, outbox);

    /// <inheritdoc/>
    public AddressType TypeOf(IPv4Address address) => Fib.Classify(address) switch
    {
        RouteType.Local => AddressType.Local,
        RouteType.Broadcast => AddressType.Broadcast,
        _ => address.IsMulticast ? AddressType.Multicast : AddressType.Unicast,
    };

    /// <inheritdoc/>
    public IPv4Address? SourceFor(NetDevice device, IPv4Address destination) => SourceOn(device, destination);

    /// <summary>The address of a device that fits a next hop: one of its subnet if there is one, else the
    /// first.</summary>
    internal IPv4Address? SourceOn(NetDevice device, IPv4Address nextHop)
    {
        IPv4Address? first = null;
        foreach (DeviceAddress address in device.Addresses)
        {
            first ??= address.Address;
            if (new Cidr(address.Address, address.PrefixLength).Contains(nextHop))
            {
                return address.Address;
            }
        }

        return first;
    }

    /// <summary>The vxlan device that listens at a UDP port, or null.</summary>
    internal Vxlan? VxlanAt(ushort port) =>
        _vxlan is { IsUp: true } vxlan && vxlan.DestinationPort == port ? vxlan : null;

    /// <summary>The largest packet to a destination: the device's MTU, or less where a router said so (RFC
    /// 1191).</summary>
    internal int PathMtu(IPv4Address destination, int deviceMtu, Outbox outbox) =>
        LearnedPathMtu(destination, outbox.Now) is var (learned, _) ? Math.Min(learned, deviceMtu) : deviceMtu;

    /// <summary>What a router said about a destination, and for how many nanoseconds more it counts; null where none
    /// did.</summary>
    internal (int Mtu, long Left)? LearnedPathMtu(IPv4Address destination, Core.Time.SimTime now) =>
        _pathMtus is not null && _pathMtus.TryGetValue(destination, out (int Mtu, long Until) path)
        && now.Nanoseconds < path.Until ? (path.Mtu, path.Until - now.Nanoseconds) : null;

    /// <summary>
    /// Remembers what a router said for 600 s (Linux' mtu_expires), not below 552 bytes (min_pmtu), for at most
    /// <see cref="PathMtusMax"/> destinations: one more forgets the others, which routers will tell anew.
    /// </summary>
    internal void LearnPathMtu(IPv4Address destination, int mtu, Outbox outbox)
    {
        _pathMtus ??= [];
        if (_pathMtus.Count == PathMtusMax)
        {
            _pathMtus.Clear();
        }

        _pathMtus[destination] = (Math.Max(552, mtu), outbox.Now.Nanoseconds + 600_000_000_000);
    }

    /// <summary>Ends a packet with a reason.</summary>
    internal void Drop(
        NetworkPacket packet, DropReason reason, object? cause, NetDevice? at, long offset, Outbox outbox) =>
        outbox.Dropped(Self, packet, reason, cause, at?.JournalName, offset);

    /// <summary>Ends a packet that a rule dropped or rejected, answering it if the rule says so.</summary>
    internal void Refuse(ref SkBuff skb, in NetfilterVerdict verdict, long offset, Outbox outbox)
    {
        if (verdict.Kind == VerdictKind.Reject)
        {
            Rejection.Answer(this, skb, verdict.With, offset, outbox);
        }

        Netfilter?.Forget(skb);
        Drop(skb.Packet, verdict.Reason, verdict.Rule, skb.In ?? skb.Out, offset, outbox);
    }

    private void ReceiveFrame(int index, EthernetFrame frame, in PacketMark mark, int bridgedPort, Outbox outbox)
    {
        if (DeviceAt(index) is not { } device)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.DeviceGone);
            return;
        }

        if (device is Veth or Nic && frame.Payload.Length > device.Mtu + NetDevice.MtuSlack)
        {
            Drop(frame.Payload, DropReason.PacketTooBig, null, device, 0, outbox);
            return;
        }

        Input.Receive(device, frame, mark, bridgedPort, 0, outbox);
    }
}
