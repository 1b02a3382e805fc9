using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;

namespace Emulator.Kubernetes.Controllers.EndpointSlices;

/// <summary>The EndpointSlice controller: keeps, for each Service with a selector, slices that list its pods.</summary>
/// <remarks>
/// Source: k8s.io/endpointslice and pkg/controller/endpointslice. Left out: IPv6, topology-aware hints
/// (<c>service.kubernetes.io/topology-mode</c>), the trigger-time annotation, and copying hand-written Endpoints.
/// </remarks>
public sealed class EndpointSliceActor : ControllerActor
{
    /// <summary>The least time between two looks at one Service: 500 ms, so that 10,000 pods that become ready within
    /// seconds cost a few hundred writes. The first change after a rest is written at once.</summary>
    /// <remarks>kube-controller-manager's <c>--endpointslice-updates-batch-period</c> is 0 by default, but its workers
    /// take time.</remarks>
    public static readonly SimDuration UpdatesBatchPeriod = SimDuration.FromMilliseconds(500);

    /// <summary>How many endpoints a slice holds at most (<c>--max-endpoints-per-slice</c>): 100.</summary>
    public const int MaxEndpointsPerSlice = 100;

    private static readonly SortedDictionary<ObjectKey, ApiObject> None = [];

    private readonly Informer _services;
    private readonly Informer _nodes;
    private readonly Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> _servicesOf =
        new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, SortedDictionary<ObjectKey, ApiObject>> _slices = [];
    private readonly Dictionary<ObjectKey, HashSet<string>> _unseen = [];

    /// <summary>An EndpointSlice controller.</summary>
    /// <param name="self">Its address.</param>
    /// <param name="machineRoot">The root of its machine.</param>
    /// <param name="apiServer">The API server.</param>
    /// <param name="updatesBatchPeriod">See <see cref="UpdatesBatchPeriod"/>, which is the default.</param>
    public EndpointSliceActor(
        ActorRef self, ActorRef machineRoot, ActorRef apiServer, SimDuration? updatesBatchPeriod = null)
        : base(self, machineRoot, apiServer, updatesBatchPeriod ?? UpdatesBatchPeriod)
    {
        _services = Client.Inform(ResourceTypes.Services);
        _services.OnAdd = (s, o) => PutService(s, o);
        _services.OnUpdate = (_, s, o) => PutService(s, o);
        _services.OnDelete = (s, _) => DropService(s);
        _nodes = Client.Inform(ResourceTypes.Nodes);
        _nodes.OnAdd = (_, o) => WakeAll(o);
        _nodes.OnUpdate = (before, node, o) =>
        {
            if (NodeView.Of(before).Zone != NodeView.Of(node).Zone)
            {
                WakeAll(o);
            }
        };
        Informer pods = Client.Inform(ResourceTypes.Pods);
        pods.OnAdd = (pod, o) => PutPod(null, pod, o);
        pods.OnUpdate = PutPod;
        pods.OnDelete = (pod, o) =>
        {
            _pods.GetValueOrDefault(pod.Namespace)?.Remove(pod.Key);
            Wake(pod, o);
        };
        Informer slices = Client.Inform(ResourceTypes.EndpointSlices);
        slices.OnAdd = PutSlice;
        slices.OnUpdate = (_, slice, o) => PutSlice(slice, o);
        slices.OnDelete = (slice, o) =>
        {
            _slices.GetValueOrDefault(ServiceOf(slice))?.Remove(slice.Key);
            Queue.Add(ServiceOf(slice), o.Now);
        };
    }

    /// <inheritdoc/>
    protected override void Sync(ObjectKey key, Outbox outbox)
    {
        if (_services.Find(key) is not { } service || service.IsTerminating
            || _unseen.GetValueOrDefault(key) is { Count: > 0 })
        {
            return; // A slice that is made and not yet seen wakes its Service when it comes.
        }

        ServiceView view = ServiceView.Of(service);
        if (view.Selector.Count == 0 || view.Type == "ExternalName")
        {
            return;
        }

        SortedDictionary<string, (JsonArray Ports, SortedDictionary<string, JsonObject> Endpoints)> desired =
            Desired(service);
        var byPorts = new Dictionary<string, List<ApiObject>>(StringComparer.Ordinal);
        var surplus = new Queue<ApiObject>();
        var create = new List<(JsonValue Ports, IReadOnlyList<JsonObject> Endpoints)>();
        var update = new List<ApiObject>();
        Group(key, desired.Keys, byPorts, surplus);
        int kept = 0;
        foreach ((string ports, (JsonArray json, SortedDictionary<string, JsonObject> endpoints)) in desired)
        {
            List<ApiObject> existing = byPorts.GetValueOrDefault(ports) ?? [];
            var plan = SlicePlan.For(
                [.. existing.Select(s => new PlannedSlice(s.Name, SliceOfService.Endpoints(s)))], endpoints,
                SliceOfService.Identity, MaxEndpointsPerSlice);
            create.AddRange(plan.Create.Select(c => ((JsonValue)json, c.Endpoints)));
            kept += existing.Count - plan.Delete.Count;
            foreach (ApiObject slice in existing)
            {
                Place(slice, plan, service, json, update, surplus);
            }
        }

        if (kept + create.Count == 0)
        {
            create.Add((JsonArray.Empty, [])); // A Service without pods keeps one empty slice.
        }

        Write(service, create, update, surplus, outbox);
    }

    private static ObjectKey ServiceOf(ApiObject slice) =>
        new(slice.Namespace, slice.Labels[SliceOfService.ServiceNameLabel] ?? "");

    private void Group(
        ObjectKey key, ICollection<string> wanted, Dictionary<string, List<ApiObject>> byPorts,
        Queue<ApiObject> surplus)
    {
        foreach (ApiObject slice in _slices.GetValueOrDefault(key, None).Values)
        {
            string ports = (slice.Json.Find("ports") ?? JsonArray.Empty).ToString();
            if (!wanted.Contains(ports))
            {
                surplus.Enqueue(slice);
            }
            else if (byPorts.TryGetValue(ports, out List<ApiObject>? group))
            {
                group.Add(slice);
            }
            else
            {
                byPorts.Add(ports, [slice]);
            }
        }
    }

    private static void Place(
        ApiObject slice, SlicePlan plan, ApiObject service, JsonArray ports, List<ApiObject> update,
        Queue<ApiObject> surplus)
    {
        if (plan.Delete.Any(d => d.Name == slice.Name))
        {
            surplus.Enqueue(slice);
        }
        else if (plan.Update.FirstOrDefault(u => u.Name == slice.Name) is { } changed)
        {
            update.Add(SliceOfService.Refill(slice, service, ports, changed.Endpoints));
        }
        else if (!SliceOfService.Labels(service).Equals(slice.Metadata.Find("labels")))
        {
            update.Add(SliceOfService.Refill(slice, service, ports, SliceOfService.Endpoints(slice)));
        }
    }

    private SortedDictionary<string, (JsonArray Ports, SortedDictionary<string, JsonObject> Endpoints)> Desired(
        ApiObject service)
    {
        var desired = new SortedDictionary<string,
            (JsonArray, SortedDictionary<string, JsonObject> Endpoints)>(StringComparer.Ordinal);
        var selector = LabelSelector.FromMap(ServiceView.Of(service).Selector);
        foreach (ApiObject pod in _pods.GetValueOrDefault(service.Namespace, None).Values)
        {
            if (!selector.Matches(pod.Labels) || !EndpointOfPod.Belongs(pod))
            {
                continue;
            }

            JsonArray ports = EndpointOfPod.Ports(pod, service);
            string text = ports.ToString();
            if (!desired.TryGetValue(text, out (JsonArray, SortedDictionary<string, JsonObject> Endpoints) group))
            {
                group = (ports, new SortedDictionary<string, JsonObject>(StringComparer.Ordinal));
                desired.Add(text, group);
            }

            JsonObject endpoint = EndpointOfPod.For(pod, service, ZoneOf(pod));
            group.Endpoints[SliceOfService.Identity(endpoint)] = endpoint;
        }

        return desired;
    }

    private string ZoneOf(ApiObject pod) =>
        _nodes.Find("", PodView.Of(pod).NodeName) is { } node ? NodeView.Of(node).Zone : "";

    /// <summary>Sends what changed; a slice that is no longer needed is refilled before a new one is made.</summary>
    private void Write(
        ApiObject service, List<(JsonValue Ports, IReadOnlyList<JsonObject> Endpoints)> create, List<ApiObject> update,
        Queue<ApiObject> surplus, Outbox outbox)
    {
        foreach ((JsonValue ports, IReadOnlyList<JsonObject> endpoints) in create)
        {
            if (surplus.TryDequeue(out ApiObject? reused))
            {
                ApiObject refilled = SliceOfService.Refill(reused, service, ports, endpoints);
                if (!refilled.Json.Equals(reused.Json))
                {
                    update.Add(refilled);
                }

                continue;
            }

            Client.Create(SliceOfService.Make(service, ports, endpoints), outbox, Track(service.Key, (response, _) =>
            {
                if (response.Object is { } made && !_slices.GetValueOrDefault(service.Key, None).ContainsKey(made.Key))
                {
                    (_unseen.TryGetValue(service.Key, out HashSet<string>? names) ? names : _unseen[service.Key] = [])
                        .Add(made.Name);
                }

                return response.Succeeded;
            }));
        }

        foreach (ApiObject slice in update)
        {
            Client.Update(slice, outbox, Track(service.Key));
        }

        foreach (ApiObject slice in surplus)
        {
            Client.Delete(
                ResourceTypes.EndpointSlices, slice.Key, outbox,
                Track(service.Key, (r, _) => r.Succeeded || r.Error is { IsNotFound: true }), uid: slice.Uid);
        }
    }

    private void PutService(ApiObject service, Outbox outbox)
    {
        Of(_servicesOf, service.Namespace)[service.Key] = service;
        Queue.Add(service.Key, outbox.Now);
    }

    private void DropService(ApiObject service)
    {
        _servicesOf.GetValueOrDefault(service.Namespace)?.Remove(service.Key);
        _unseen.Remove(service.Key);
        Queue.Drop(service.Key);
    }

    private void PutSlice(ApiObject slice, Outbox outbox)
    {
        if (slice.Labels[SliceOfService.ManagedByLabel] != SliceOfService.ManagedBy)
        {
            return;
        }

        ObjectKey service = ServiceOf(slice);
        if (!_slices.TryGetValue(service, out SortedDictionary<ObjectKey, ApiObject>? slices))
        {
            slices = [];
            _slices.Add(service, slices);
        }

        slices[slice.Key] = slice;
        if (_unseen.TryGetValue(service, out HashSet<string>? names))
        {
            names.Remove(slice.Name);
        }

        Queue.Add(service, outbox.Now);
    }

    private void PutPod(ApiObject? before, ApiObject pod, Outbox outbox)
    {
        Of(_pods, pod.Namespace)[pod.Key] = pod;
        if (before is not null && !Matters(before, pod))
        {
            return;
        }

        Wake(pod, outbox);
        if (before is not null && !Equals(before.Labels.Json, pod.Labels.Json))
        {
            Wake(before, outbox);
        }
    }

    // Source: podEndpointsChanged; most updates of a pod's status change nothing that a slice shows.
    private static bool Matters(ApiObject before, ApiObject after)
    {
        PodView old = PodView.Of(before);
        PodView now = PodView.Of(after);
        return old.IsReady != now.IsReady
            || old.PodIP != now.PodIP
            || old.IsTerminal != now.IsTerminal
            || before.IsTerminating != after.IsTerminating
            || old.NodeName != now.NodeName
            || !Equals(before.Labels.Json, after.Labels.Json);
    }

    private void Wake(ApiObject pod, Outbox outbox)
    {
        foreach (ApiObject service in _servicesOf.GetValueOrDefault(pod.Namespace, None).Values)
        {
            if (Selects(ServiceView.Of(service).Selector, pod.Labels))
            {
                Queue.Add(service.Key, outbox.Now);
            }
        }
    }

    private static bool Selects(LabelSet selector, LabelSet labels)
    {
        foreach (KeyValuePair<string, JsonValue> wanted in selector.Json?.Pairs ?? [])
        {
            if (labels[wanted.Key] != wanted.Value.AsString)
            {
                return false;
            }
        }

        return selector.Count > 0;
    }

    private void WakeAll(Outbox outbox)
    {
        foreach (ApiObject service in _services.Objects)
        {
            Queue.Add(service.Key, outbox.Now);
        }
    }

    private static SortedDictionary<ObjectKey, ApiObject> Of(
        Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> map, string @namespace)
    {
        if (!map.TryGetValue(@namespace, out SortedDictionary<ObjectKey, ApiObject>? objects))
        {
            objects = [];
            map.Add(@namespace, objects);
        }

        return objects;
    }
}
