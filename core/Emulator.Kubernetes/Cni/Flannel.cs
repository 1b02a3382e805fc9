using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Cni;

/// <summary>
/// A node's flanneld: makes the VXLAN device, tells the others how it is reached, and keeps the routes, neighbours and
/// FDB entries to all other nodes.
/// </summary>
/// <remarks>
/// Source: flannel pkg/subnet/kube, pkg/backend/vxlan, pkg/backend/hostgw. Peers that come or go within
/// <see cref="MinSyncPeriod"/> are taken together, where flannel takes one at a time. Left out: its check that host-gw
/// peers are on the same link (routes to others simply do not resolve).
/// In: what its API client hears, its timer. Out: netlink messages to the node, one patch of its Node.
/// </remarks>
public sealed class Flannel : Actor
{
    /// <summary>The owner of its rules.</summary>
    public const string Owner = "flanneld";

    /// <summary>The place of its rules in the built-in chains: after kube-proxy's.</summary>
    public const int Order = 1;

    /// <summary>The least time between two changes of the peers.</summary>
    public static readonly SimDuration MinSyncPeriod = SimDuration.FromMilliseconds(100);

    private const int SyncTimer = 1;

    private readonly ActorRef _host;
    private readonly string _nodeName;
    private readonly MacAddress _vtepMac;
    private readonly FlannelPeers _cache;
    private readonly FlannelOptions _options;
    private readonly ApiClient _client;
    private readonly Informer _nodes;
    private SharedSet<Peer> _peers;
    private Cidr? _own;
    private LazyTimer _timer;
    private SimTime? _lastSync;
    private bool _dirty;

    /// <summary>A flanneld.</summary>
    /// <param name="self">The actor's address.</param>
    /// <param name="host">The root of its machine: the node's kernel.</param>
    /// <param name="apiServer">The API server.</param>
    /// <param name="nodeName">The name of its Node.</param>
    /// <param name="cache">Shared by all flannelds of the run in this process.</param>
    /// <param name="vtepMac">The VXLAN device's hardware address; null derives one from the node's name.</param>
    public Flannel(
        ActorRef self, ActorRef host, ActorRef apiServer, string nodeName, FlannelPeers cache,
        MacAddress? vtepMac = null)
        : base(self)
    {
        _host = host;
        _nodeName = nodeName;
        _cache = cache;
        _options = cache.Options;
        _vtepMac = vtepMac ?? VtepMacOf(nodeName);
        _peers = cache.Sets.Empty;
        _client = new ApiClient(self, host, apiServer);
        _nodes = _client.Inform(ResourceTypes.Nodes);
        _nodes.OnAdd = (node, _) => Put(node.Name, _cache.Read(node));
        _nodes.OnUpdate = (_, node, _) => Put(node.Name, _cache.Read(node));
        _nodes.OnDelete = (node, _) => Put(node.Name, null);
        _nodes.OnBatchEnd = Changed;
    }

    /// <summary>A locally administered hardware address that is always the same for a node's name.</summary>
    public static MacAddress VtepMacOf(string nodeName)
    {
        ulong hash = StableHash.Combine(StableHash.Of(nodeName), StableHash.Of("flannel"));
        return new MacAddress((hash & 0xFCFF_FFFF_FFFF) | 0x0200_0000_0000);
    }

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox) => _client.Start(outbox);

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        if (_client.Handle(message, outbox))
        {
            return;
        }

        if (message is TimerMessage { Purpose: SyncTimer } timer && _timer.Expired(Self, timer, outbox))
        {
            Sync(outbox);
        }
    }

    private void Put(string nodeName, Peer? peer)
    {
        _dirty |= _peers.Find(nodeName) != peer;
        _peers = _peers.With(nodeName, peer);
    }

    private void Changed(Outbox outbox)
    {
        if (_own is null)
        {
            Join(outbox);
        }

        if (_own is null || !_dirty || _timer.IsArmed)
        {
            return;
        }

        if (_lastSync is { } last && outbox.Now < last + MinSyncPeriod)
        {
            _timer.Arm(Self, SyncTimer, last + MinSyncPeriod, outbox);
            return;
        }

        Sync(outbox);
    }

    /// <summary>Once the own Node has a block and an address: device, rules, annotations.</summary>
    private void Join(Outbox outbox)
    {
        if (_nodes.Find("", _nodeName) is not { } node
            || NodeView.Of(node) is not { PodCidr: { } own, InternalIP: { } address })
        {
            return;
        }

        _own = own;
        if (_options.Backend == FlannelBackend.Vxlan)
        {
            string device = _options.VxlanDevice;
            outbox.Send(_host, new AddVxlan(device, _vtepMac, _options.PodMtu, _options.Vni, address, _options.Port));
            outbox.Send(_host, new AddAddress(device, own.Address, 32));
            outbox.Send(_host, new SetLink(device, Up: true));
        }

        outbox.Send(_host, new ReplaceTable(TableName.Filter, Owner, Order, _cache.Filter));
        outbox.Send(_host, new ReplaceTable(
            TableName.Nat, Owner, Order, FlannelRules.Nat(_options.Network, own, _options.RandomFully)));
        JsonObject annotations = FlannelAnnotations.Of(_options, address, _vtepMac);
        if (annotations.Pairs.Any(a => node.Annotations[a.Key] != a.Value.AsString))
        {
            _client.Patch(
                ResourceTypes.Nodes, node.Key, PatchType.Merge,
                JsonObject.Of(("metadata", JsonObject.Of(("annotations", annotations)))), outbox, Patched);
        }
    }

    private void Patched(ApiResponse response, Outbox outbox)
    {
        if (!response.Succeeded)
        {
            _own = null; // The Node may be gone or the session cut: join again with the next change of nodes.
        }
    }

    private void Sync(Outbox outbox)
    {
        if (_own is not { } own)
        {
            return;
        }

        _dirty = false;
        _lastSync = outbox.Now;
        outbox.Send(_host, _options.Backend == FlannelBackend.Vxlan
            ? new ReplacePeers(_options.VxlanDevice, _options.Vni, PeerEncapsulation.Vxlan, _cache.Table(_peers), own)
            : new ReplacePeers(_options.UnderlayDevice, 0, PeerEncapsulation.None, _cache.Table(_peers), own));
    }
}
