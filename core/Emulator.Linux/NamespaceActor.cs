using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Netlink;

namespace Emulator.Linux;

/// <summary>A network namespace beside the machine's own, with the processes that live in it: a pod's actor.</summary>
/// <remarks>
/// In: frames at its veth, netlink messages from the CNI plugin, timers, API sessions of its processes. Out: frames to
/// the
/// bridge, whatever its processes send.
/// </remarks>
public sealed class NamespaceActor : Actor
{
    private readonly NetworkNamespace _netns;
    private readonly KernelConfiguration _configuration;

    /// <summary>A namespace with lo, without processes.</summary>
    /// <param name="self">Its address.</param>
    /// <param name="name">Its name in captures: <c>namespace/pod</c>.</param>
    /// <param name="hopNanoseconds">What passing a device costs.</param>
    /// <param name="cgroups">The owner of the machine's cgroups; null where there are none.</param>
    public NamespaceActor(ActorRef self, string name, long hopNanoseconds, ActorRef? cgroups = null)
        : base(self)
    {
        _netns = new NetworkNamespace(name, this, hopNanoseconds);
        _netns.Processes.Cgroups = cgroups;
        _configuration = new KernelConfiguration(_netns);
    }

    /// <inheritdoc/>
    public override int HeldPackets => _netns.HeldPackets;

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox) => HostActor.AddLoopback(_netns);

    /// <inheritdoc/>
    public override void OnEnd(Outbox outbox) => _netns.End(outbox);

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
            case AttachVeth attach:
                Attach(attach);
                break;
            case SetCarrier carrier when _netns.DeviceAt(carrier.Index) is { } device:
                SetCarrier(device, carrier.HasCarrier, outbox);
                break;
            case Dump { Command: Listing.Namespaces } when _netns.Processes.Cgroups is { } cgroups:
                outbox.Send(cgroups, new ShowNamespaces(Self));
                break;
            case Dump dump:
                HostActor.Answer(_netns, dump, outbox);
                break;
            case NetlinkMessage netlink when _configuration.Apply(netlink, outbox):
                if (netlink is SetLink { Up: bool isUp } set && _netns.Device(set.Name) is Veth veth)
                {
                    veth.TellCarrier(isUp, outbox);
                }

                break;
            default:
                _netns.Handle(message, outbox);

                break;
        }
    }

    // Without carrier Linux forgets who was behind the device (neigh_carrier_down) and keeps addresses and routes.
    private void SetCarrier(NetDevice device, bool hasCarrier, Outbox outbox)
    {
        device.HasCarrier = hasCarrier;
        _netns.Fib.Invalidate();
        if (!hasCarrier)
        {
            _netns.Neighbours.Forget(device, outbox);
        }
    }

    private void Attach(AttachVeth attach)
    {
        if (attach.Index != _netns.NextIndex)
        {
            throw new NotSupportedException(
                $"{_netns.Name}: a second veth ({attach.Name}) in one pod is not modelled; use one interface a pod.");
        }

        _netns.Add(new Veth(
            attach.Index, _netns.JournalName(attach.Name), attach.Mac, attach.Mtu, Self,
            attach.Bridge, attach.BridgePort, attach.PeerIndex, _netns.HopNanoseconds));
    }
}
