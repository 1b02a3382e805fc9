using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.Cgroups;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;
using Emulator.Underlay;

namespace Emulator.Linux;

/// <summary>A machine's root: its first network namespace, its network card, and the bridges and namespaces that it
/// creates.</summary>
/// <remarks>
/// In: frames from the wire and from its bridges, <see cref="BridgeHook"/>, netlink messages, API sessions to and from
/// the
/// machine's actors. Out: frames to the wire and the bridges, sessions onto the wire. A node and an external host are
/// both
/// this; the first has bridges and pods.
/// </remarks>
public sealed class HostActor : Actor
{
    // A pod's interfaces are lo (1) and its veth (2).
    private const int PodDeviceIndex = 2;

    private readonly NetworkNamespace _netns;
    private readonly KernelConfiguration _configuration;
    private readonly Dictionary<string, ActorRef> _namespaces = new(StringComparer.Ordinal);
    private Nic? _nic;

    /// <summary>A machine without devices but lo.</summary>
    /// <param name="self">Its address; the actor must be the first of its machine.</param>
    /// <param name="name">Its name in captures.</param>
    /// <param name="hopNanoseconds">What passing a device costs, at least 1,000.</param>
    public HostActor(ActorRef self, string name, long hopNanoseconds)
        : base(self)
    {
        _netns = new NetworkNamespace(name, this, hopNanoseconds);
        _configuration = new KernelConfiguration(_netns);
    }

    /// <inheritdoc/>
    public override int HeldPackets => _netns.HeldPackets;

    /// <summary>Puts in the network card; before the run starts.</summary>
    /// <returns>The ifindex, which the switch's wire must name as the receiver's port.</returns>
    public int AddNic(string name, MacAddress mac, int mtu, Wire wire)
    {
        _nic = new Nic(_netns.NextIndex, _netns.JournalName(name), mac, mtu, Self, wire);
        _netns.Add(_nic);
        return _nic.Index;
    }

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox) => AddLoopback(_netns);

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        switch (message)
        {
            case EthernetFrame frame:
                _netns.ReceiveFrame(port, frame, outbox);
                break;
            case QdiscDeparture departure:
                _netns.Release(port, departure.Frame, outbox);
                break;
            case BridgeHook hook:
                // Only a bridge's actor asks, and it names its own device.
                _netns.BridgeNetfilter.Receive((Bridge)_netns.DeviceAt(port)!, hook, outbox);
                break;
            case BridgeVerdict verdict:
                _netns.ReceiveBridged(port, verdict, outbox);
                break;
            case SetCarrier carrier when _netns.DeviceAt(carrier.Index) is BridgePort end:
                end.HasCarrier = carrier.HasCarrier; // For listings; the bridge's actor knows already.
                break;
            case SetCarrier:
                break; // The port went before.
            case SessionSegment segment:
                Route(segment, outbox);
                break;
            case ChangeWire change when _nic is { } nic && nic.Index == change.Port:
                nic.Wire.Change(change.Options, outbox);
                break;
            case UndeliveredMessage undelivered:
                End(undelivered, outbox);
                break;
            case Dump dump when (CgroupListing.Knows(dump.Command) || dump.Command == Listing.Namespaces)
                && _netns.Processes.Cgroups is { } cgroups:
                outbox.Send(cgroups, dump);
                break;
            case Dump dump:
                Answer(_netns, dump, outbox);
                break;
            case NetlinkMessage netlink:
                Configure(netlink, outbox);
                break;
            default:
                _netns.Handle(message, outbox);

                break;
        }
    }

    /// <summary>127.0.0.1/8 on lo, as a booted kernel has it.</summary>
    internal static void AddLoopback(NetworkNamespace netns)
    {
        netns.Loopback.Add(new DeviceAddress(IPv4Address.Loopback, 8, null));
        netns.Fib.AddAddress(netns.Loopback, IPv4Address.Loopback, 32, null);
    }

    /// <summary>Journals the answer to a listing command.</summary>
    internal static void Answer(NetworkNamespace netns, Dump dump, Outbox outbox)
    {
        outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = outbox.Now.Nanoseconds,
            Actor = netns.Self,
            Kind = JournalKind.CommandOutput,
            Subject = Listing.Write(netns, dump.Command, outbox.Now),
        });
        foreach (Bridge bridge in netns.Devices.OfType<Bridge>())
        {
            outbox.Send(bridge.Actor, dump);
        }
    }

    private void Configure(NetlinkMessage message, Outbox outbox)
    {
        switch (message)
        {
            case AddBridge add:
                AddBridge(add, outbox);
                break;
            case AddVxlan add:
                _netns.Add(new Vxlan(_netns.NextIndex, _netns.JournalName(add.Name), add, _netns));
                break;
            case AddVeth add:
                AddVeth(add, outbox);
                break;
            case SetLink set:
                SetLink(set, outbox);
                break;
            case FlushBridgeFdb flush:
                outbox.Send(RequireBridge(flush.Bridge).Actor, flush);
                break;
            case CreateNamespace create:
                Create(create, outbox);
                break;
            case DeleteNamespace delete:
                Delete(delete, outbox);
                break;
            case ReplaceQdisc replace when _configuration.Require(replace.Device) is BridgePort port:
                port.ReplaceQdisc(replace.Tbf, replace.Netem); // For listings; the bridge's actor has the queue.
                outbox.Send(
                    RequireBridge(port.Master).Actor, new SetPortQdisc(port.Number, replace.Tbf, replace.Netem));
                break;
            case SetSysctl set when set.Name == "net.bridge.bridge-nf-call-iptables":
                _configuration.Apply(set, outbox);
                foreach (Bridge bridge in _netns.Devices.OfType<Bridge>())
                {
                    outbox.Send(bridge.Actor, new SetBridgeNetfilter(set.Value != 0));
                }

                break;
            default:
                if (!_configuration.Apply(message, outbox))
                {
                    throw new NotSupportedException(
                        $"{_netns.Name}: {message.GetType().Name} is not modelled for a host.");
                }

                break;
        }
    }

    private void AddBridge(AddBridge add, Outbox outbox)
    {
        int index = _netns.NextIndex;
        var self = new ActorRef($"bridge/{_netns.Name}/{add.Name}", "", Self.Machine);
        _netns.Add(new Bridge(
            index, _netns.JournalName(add.Name), add.Mac, add.Mtu, Self, self, _netns.HopNanoseconds));
        outbox.Spawn(new BridgeActor(self, Self, add.Name, index, add.Mac, _netns.HopNanoseconds));
        if (!_netns.Sysctls.BridgeCallsIptables)
        {
            outbox.Send(self, new SetBridgeNetfilter(false));
        }
    }

    private void AddVeth(AddVeth add, Outbox outbox)
    {
        Bridge bridge = RequireBridge(add.Master);
        int number = ++bridge.LastPort;
        var port = new BridgePort(
            _netns.NextIndex, _netns.JournalName(add.Name), add.Mac, add.Mtu, Self, number,
            add.PeerNamespace, add.Master)
        {
            Hairpin = add.Hairpin,
        };
        _netns.Add(port);
        outbox.Send(bridge.Actor, Describe(port));
        outbox.Send(
            add.PeerNamespace,
            new AttachVeth(add.PeerName, PodDeviceIndex, add.PeerMac, add.PeerMtu, bridge.Actor, number, port.Index));
    }

    private void SetLink(SetLink set, Outbox outbox)
    {
        _configuration.Apply(set, outbox);
        if (_configuration.Require(set.Name) is BridgePort port)
        {
            port.Hairpin = set.Hairpin ?? port.Hairpin;
            outbox.Send(RequireBridge(port.Master).Actor, Describe(port));
            outbox.Send(port.PeerNamespace, new SetCarrier(PodDeviceIndex, port.IsUp));
        }
    }

    private void Create(CreateNamespace create, Outbox outbox)
    {
        var self = new ActorRef($"pod/{create.Name}", create.Uid, Self.Machine);
        _namespaces.Add(create.Name + "/" + create.Uid, self);
        outbox.Spawn(new NamespaceActor(self, create.Name, _netns.HopNanoseconds, _netns.Processes.Cgroups));
        if (_netns.Sysctls.Congestion != CongestionKind.Cubic)
        {
            // A new namespace takes this setting from the first one.
            outbox.Send(self, new SetSysctl(Sysctls.CongestionName, (long)_netns.Sysctls.Congestion));
        }

        outbox.Send(create.Requester, new NamespaceCreated(create.Name, create.Uid, self));
    }

    private void Delete(DeleteNamespace delete, Outbox outbox)
    {
        if (!_namespaces.Remove(delete.Name + "/" + delete.Uid, out ActorRef? ended))
        {
            return;
        }

        foreach (BridgePort port in _netns.Devices.OfType<BridgePort>().Where(p => p.PeerNamespace == ended).ToList())
        {
            outbox.Send(RequireBridge(port.Master).Actor, new RemoveBridgePort(port.Number));
            _netns.Remove(port, outbox);
        }

        outbox.End(ended);
    }

    private void Route(SessionSegment segment, Outbox outbox)
    {
        if (segment.To.Machine == Self.Machine)
        {
            outbox.Send(segment.To, segment);
        }
        else if (_nic is { } nic)
        {
            nic.Wire.Transmit(segment, outbox);
        }
        else
        {
            throw new InvalidOperationException(
                $"{_netns.Name}: {segment.From} sends to {segment.To} but there is no network card.");
        }
    }

    // Packets for actors that ended are gone with the device; other messages have nobody to hear them.
    private void End(UndeliveredMessage undelivered, Outbox outbox)
    {
        NetworkPacket? packet = undelivered.Undelivered switch
        {
            EthernetFrame frame => frame.Payload,
            QdiscDeparture departure => departure.Frame.Payload,
            BridgeHook hook => hook.Frame.Payload,
            BridgeVerdict verdict => verdict.Frame.Payload,
            _ => null,
        };
        if (packet is not null)
        {
            outbox.Dropped(Self, packet, DropReason.DeviceGone);
        }
    }

    private Bridge RequireBridge(string name) => _configuration.Require(name) as Bridge
        ?? throw new InvalidOperationException($"{_netns.Name}: {name} is not a bridge.");

    private static SetBridgePort Describe(BridgePort port) => new(
        port.Number, port.JournalName, port.PeerNamespace, PodDeviceIndex, port.Hairpin, port.IsUp, port.Mac, port.Mtu);
}
