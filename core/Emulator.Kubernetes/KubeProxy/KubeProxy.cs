using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>
/// A node's kube-proxy: watches Services and EndpointSlices and replaces its part of the node's netfilter tables.
/// </summary>
/// <remarks>
/// Source: kubernetes pkg/proxy/iptables. The first sync follows the first lists of all three; then at most one sync a
/// <see cref="MinSyncPeriod"/>. Left out: a second sync in a burst, the hourly full sync, health-check node ports'
/// answers.
/// In: what its API client hears, its timer. Out: <see cref="ReplaceTable"/> and <see cref="DeleteConntrack"/> to the
/// node.
/// </remarks>
public sealed class KubeProxy : Actor
{
    /// <summary>The owner of its rules.</summary>
    public const string Owner = "kube-proxy";

    /// <summary>The least time between two syncs.</summary>
    public static readonly SimDuration MinSyncPeriod = SimDuration.FromSeconds(1);

    private const int SyncTimer = 1;

    private readonly ActorRef _host;
    private readonly string _nodeName;
    private readonly ServiceRuleCache _cache;
    private readonly ApiClient _client;
    private SharedSet<ApiObject> _services;
    private SharedSet<ApiObject> _slices;
    private ServiceRuleSet? _rules;
    private ProxyNode _node;
    private LazyTimer _timer;
    private SimTime? _lastSync;

    // Whether anything changed since the last sync; true before the first. What was sent last is no guide: tables are
    // compared by reference only to share them, and sharing must not decide what is sent.
    private bool _dirty = true;

    /// <summary>A kube-proxy.</summary>
    /// <param name="self">The actor's address.</param>
    /// <param name="host">The root of its machine: the node's kernel.</param>
    /// <param name="apiServer">The API server.</param>
    /// <param name="nodeName">The name of its Node.</param>
    /// <param name="cache">Shared by all kube-proxies of the run in this process.</param>
    public KubeProxy(ActorRef self, ActorRef host, ActorRef apiServer, string nodeName, ServiceRuleCache cache)
        : base(self)
    {
        _host = host;
        _nodeName = nodeName;
        _cache = cache;
        _services = cache.Objects.Empty;
        _slices = cache.Objects.Empty;
        _node = new ProxyNode(nodeName, "", []);
        _client = new ApiClient(self, host, apiServer);
        Follow(ResourceTypes.Services, ListScope.All, (key, service) => _services = _services.With(key, service));
        Follow(ResourceTypes.EndpointSlices, ListScope.All, (key, slice) => _slices = _slices.With(key, slice));
        Informer node = _client.Inform(ResourceTypes.Nodes, ListScope.ByName(nodeName));
        node.OnAdd = (added, _) => TakeNode(added);
        node.OnUpdate = (_, now, _) => TakeNode(now);
        node.OnBatchEnd = Changed;
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

    private void Follow(ResourceType type, ListScope scope, Action<string, ApiObject?> put)
    {
        Informer informer = _client.Inform(type, scope);
        informer.OnAdd = (added, _) => Put(added.Key, added);
        informer.OnUpdate = (_, now, _) => Put(now.Key, now);
        informer.OnDelete = (gone, _) => Put(gone.Key, null);
        informer.OnBatchEnd = Changed;

        void Put(ObjectKey key, ApiObject? now)
        {
            put(key.ToString(), now);
            _dirty = true;
        }
    }

    private void TakeNode(ApiObject node)
    {
        var addresses = new List<IPv4Address>();
        foreach (JsonValue address in node.Status.Find("addresses")?.Items ?? [])
        {
            if (IPv4Address.TryParse(address["address"]?.AsString, out IPv4Address ip))
            {
                addresses.Add(ip);
            }
        }

        string zone = NodeView.Of(node).Zone;
        if (zone != _node.Zone || !addresses.SequenceEqual(_node.Addresses))
        {
            _node = new ProxyNode(_nodeName, zone, addresses);
            _dirty = true;
        }
    }

    private void Changed(Outbox outbox)
    {
        if (!_client.HasSynced || !_dirty || _timer.IsArmed)
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

    private void Sync(Outbox outbox)
    {
        ServiceRuleSet before = _rules ?? _cache.Rules(_cache.Objects.Empty, _cache.Objects.Empty);
        _rules = _cache.Rules(_services, _slices);
        ServiceTables tables = _rules.At(_node);
        _dirty = false;
        _lastSync = outbox.Now;
        outbox.Send(_host, new ReplaceTable(TableName.Filter, Owner, 0, tables.Filter));
        outbox.Send(_host, new ReplaceTable(TableName.Nat, Owner, 0, tables.Nat));
        foreach (DeleteConntrack stale in _cache.StaleFlows(before, _rules))
        {
            outbox.Send(_host, stale);
        }
    }
}
