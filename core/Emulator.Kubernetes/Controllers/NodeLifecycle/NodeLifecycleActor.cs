using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Controllers.NodeLifecycle;

/// <summary>
/// The node lifecycle and taint eviction controllers: a node whose kubelet falls silent becomes not ready and tainted,
/// its pods are marked not ready, and deleted when they no longer tolerate the taint.
/// </summary>
/// <remarks>
/// <para>Source: pkg/controller/nodelifecycle and tainteviction. A sign of life is a renewed Lease (every 10 s) or a
/// new Node status. Pods tolerate not-ready and unreachable nodes for 300 s by default, which the API server writes
/// into them.</para>
/// <para>Left out: the limits on evictions by zone (0.1 nodes a second, less or none when much of a zone is down), so
/// that all nodes that fall silent are tainted at once.</para>
/// </remarks>
public sealed class NodeLifecycleActor : ControllerActor
{
    /// <summary>After so long without a sign of life a node is unknown (<c>--node-monitor-grace-period</c>): 50
    /// s.</summary>
    public static readonly SimDuration GracePeriod = SimDuration.FromSeconds(50);

    /// <summary>The same for a node that never gave one (<c>--node-startup-grace-period</c>): 60 s.</summary>
    public static readonly SimDuration StartupGracePeriod = SimDuration.FromSeconds(60);

    /// <summary>Nodes are looked at on whole multiples of this (<c>--node-monitor-period</c>): 5 s.</summary>
    public static readonly SimDuration MonitorPeriod = SimDuration.FromSeconds(5);

    private const string LeaseNamespace = "kube-node-lease";

    private static readonly string[] KubeletConditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
    private static readonly SortedDictionary<ObjectKey, ApiObject> None = [];

    private readonly Informer _nodes;
    private readonly Dictionary<string, SimTime> _aliveAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _heard = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimTime> _taintedAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> _podsOn = new(StringComparer.Ordinal);

    /// <summary>A node lifecycle controller.</summary>
    public NodeLifecycleActor(ActorRef self, ActorRef machineRoot, ActorRef apiServer)
        : base(self, machineRoot, apiServer, SimDuration.Zero)
    {
        _nodes = Client.Inform(ResourceTypes.Nodes);
        _nodes.OnAdd = (node, o) =>
        {
            _aliveAt.TryAdd(node.Name, o.Now);
            Queue.Add(node.Key, o.Now);
        };
        _nodes.OnUpdate = NodeUpdated;
        _nodes.OnDelete = (node, _) => Forget(node);
        Informer leases = Client.Inform(ResourceTypes.Leases, ListScope.InNamespace(LeaseNamespace));
        leases.OnAdd = (lease, o) => Heard(lease.Name, o);
        leases.OnUpdate = (before, lease, o) =>
        {
            if (before.Spec.Find("renewTime")?.AsString != lease.Spec.Find("renewTime")?.AsString)
            {
                Heard(lease.Name, o);
            }
        };
        Informer pods = Client.Inform(ResourceTypes.Pods);
        pods.OnAdd = PutPod;
        pods.OnUpdate = (_, pod, o) => PutPod(pod, o);
        pods.OnDelete = (pod, _) => _podsOn.GetValueOrDefault(PodView.Of(pod).NodeName)?.Remove(pod.Key);
    }

    /// <inheritdoc/>
    protected override void Sync(ObjectKey key, Outbox outbox)
    {
        if (_nodes.Find(key) is not { } node || node.IsTerminating)
        {
            return;
        }

        SimTime due = _aliveAt[node.Name] + (_heard.Contains(node.Name) ? GracePeriod : StartupGracePeriod);
        if (due > outbox.Now)
        {
            Queue.AddAt(key, NextLook(due));
        }
        else if (Condition.Find(node.Status, "Ready")?.Status != "Unknown")
        {
            JsonObject unknown = Unknown(node.Status, outbox.Now);
            Client.UpdateStatus(node.WithStatus(unknown), outbox, Track(key));
            return; // The watch brings the node back with its new conditions.
        }

        JsonArray taints = NodeTaintPlan.For(node, ModelClock.ToText(outbox.Now));
        JsonValue before = node.Spec.Find("taints") ?? JsonArray.Empty;
        if (!taints.Equals(before))
        {
            Client.Update(node.With(["spec", "taints"], taints.Elements.Count == 0 ? null : taints), outbox,
                Track(key));
            return;
        }

        Evict(node, key, outbox);
    }

    private static SimTime NextLook(SimTime due)
    {
        long period = MonitorPeriod.Nanoseconds;
        return new SimTime((due.Nanoseconds + period - 1) / period * period);
    }

    private static JsonObject Unknown(JsonObject status, SimTime now)
    {
        string since = ModelClock.ToText(now);
        foreach (string type in KubeletConditions)
        {
            bool posted = Condition.Find(status, type) is not null;
            status = Condition.Put(status, new Condition(
                type, "Unknown", posted ? "NodeStatusUnknown" : "NodeStatusNeverUpdated",
                posted ? "Kubelet stopped posting node status." : "Kubelet never posted node status.", since));
        }

        return status;
    }

    private void NodeUpdated(ApiObject before, ApiObject node, Outbox outbox)
    {
        string? ready = Condition.Find(node.Status, "Ready")?.Status;
        if (Heartbeat(before) != Heartbeat(node) && ready != "Unknown")
        {
            Heard(node.Name, outbox);
        }

        if (Condition.Find(before.Status, "Ready") is { IsTrue: true } && ready != "True")
        {
            MarkPodsNotReady(node, outbox);
        }

        Queue.Add(node.Key, outbox.Now);
    }

    private static string? Heartbeat(ApiObject node) => (node.Status.Find("conditions")?.Items ?? [])
        .FirstOrDefault(c => c["type"]?.AsString == "Ready")?["lastHeartbeatTime"]?.AsString;

    private void Heard(string node, Outbox outbox)
    {
        _aliveAt[node] = outbox.Now;
        _heard.Add(node);
    }

    private void Forget(ApiObject node)
    {
        _aliveAt.Remove(node.Name);
        _heard.Remove(node.Name);
        _taintedAt.Remove(node.Name);
        Queue.Drop(node.Key);
    }

    private void PutPod(ApiObject pod, Outbox outbox)
    {
        string name = PodView.Of(pod).NodeName;
        if (name.Length == 0)
        {
            return;
        }

        if (!_podsOn.TryGetValue(name, out SortedDictionary<ObjectKey, ApiObject>? pods))
        {
            pods = [];
            _podsOn.Add(name, pods);
        }

        pods[pod.Key] = pod;
        if (_taintedAt.ContainsKey(name))
        {
            Queue.Add(new ObjectKey("", name), outbox.Now);
        }
    }

    private void MarkPodsNotReady(ApiObject node, Outbox outbox)
    {
        foreach (ApiObject pod in _podsOn.GetValueOrDefault(node.Name, None).Values)
        {
            if (Condition.Find(pod.Status, "Ready") is not { IsTrue: true } ready)
            {
                continue;
            }

            JsonObject condition = JsonObject.Of(
                ("type", ready.Type), ("status", "False"), ("lastTransitionTime", ModelClock.ToText(outbox.Now)));
            Client.Patch(
                ResourceTypes.Pods, pod.Key, PatchType.Strategic,
                JsonObject.Of(("status", JsonObject.Of(("conditions", new JsonArray([condition]))))), outbox,
                status: true);
        }
    }

    private void Evict(ApiObject node, ObjectKey key, Outbox outbox)
    {
        NodeTaint[] taints =
            [.. NodeTaint.ParseAll(node.Spec.Find("taints")).Where(t => t.Effect == TaintEffect.NoExecute)];
        if (taints.Length == 0)
        {
            _taintedAt.Remove(node.Name);
            return;
        }

        _taintedAt.TryAdd(node.Name, outbox.Now);
        SimTime since = _taintedAt[node.Name];
        foreach (ApiObject pod in _podsOn.GetValueOrDefault(node.Name, None).Values)
        {
            if (pod.IsTerminating
                || TolerationTime.Of(taints, Toleration.ParseAll(pod.Spec.Find("tolerations"))) is not SimDuration time)
            {
                continue;
            }

            if (since + time <= outbox.Now)
            {
                Client.Delete(
                    ResourceTypes.Pods, pod.Key, outbox,
                    Track(key, static (r, _) => r.Succeeded || r.Error is { IsNotFound: true } or { IsConflict: true }),
                    uid: pod.Uid);
            }
            else
            {
                Queue.AddAt(key, since + time);
            }
        }
    }
}
