using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Controllers.ReplicaSets;

/// <summary>The ReplicaSet controller: keeps as many pods as each ReplicaSet wants.</summary>
/// <remarks>
/// Source: pkg/controller/replicaset. Makes pods in batches of 1, 2, 4 …, at most 500 a look; adopts pods that match
/// and that nobody owns, lets go those that match no longer. One ReplicaSet is looked at at most every 10 ms.
/// </remarks>
public sealed class ReplicaSetActor : ControllerActor
{
    /// <summary>The least time between two looks at one ReplicaSet: 10 ms.</summary>
    public static readonly SimDuration SyncInterval = SimDuration.FromMilliseconds(10);

    private readonly Informer _replicaSets;
    private readonly Informer _pods;
    private readonly ObjectIndex _index = new();
    private readonly ObjectIndex _siblings = new();
    private readonly Expectations _expectations = new();
    private readonly Dictionary<ObjectKey, string> _failures = [];
    private readonly Dictionary<string, ReplicaSetTally> _tallies = new(StringComparer.Ordinal);

    /// <summary>A ReplicaSet controller.</summary>
    public ReplicaSetActor(ActorRef self, ActorRef machineRoot, ActorRef apiServer)
        : base(self, machineRoot, apiServer, SyncInterval)
    {
        _replicaSets = Client.Inform(ResourceTypes.ReplicaSets);
        _replicaSets.OnAdd = (set, o) =>
        {
            _siblings.Put(set);
            _tallies[set.Uid] = ReplicaSetTally.Of(ReplicaSetView.Of(set), _index.ControlledBy(set.Uid));
            Queue.Add(set.Key, o.Now);
        };
        _replicaSets.OnUpdate = (_, set, o) =>
        {
            _siblings.Put(set);
            if (!ReplicaSetView.Of(set).Template.Equals(_tallies[set.Uid].Template))
            {
                _tallies[set.Uid] = ReplicaSetTally.Of(ReplicaSetView.Of(set), _index.ControlledBy(set.Uid));
            }

            Queue.Add(set.Key, o.Now);
        };
        _replicaSets.OnDelete = (set, _) =>
        {
            _siblings.Remove(set.Key);
            _tallies.Remove(set.Uid);
            _expectations.Forget(set.Key);
            _failures.Remove(set.Key);
            Queue.Drop(set.Key);
        };
        _pods = Client.Inform(ResourceTypes.Pods);
        _pods.OnAdd = PodAdded;
        _pods.OnUpdate = PodUpdated;
        _pods.OnDelete = PodDeleted;
    }

    /// <inheritdoc/>
    protected override void Sync(ObjectKey key, Outbox outbox)
    {
        if (_replicaSets.Find(key) is not { } set)
        {
            return;
        }

        ReplicaSetView view = ReplicaSetView.Of(set);
        ReplicaSetTally tally = _tallies[set.Uid];
        bool claimed = !set.IsTerminating && Claim(set, view, tally, outbox);
        if (!set.IsTerminating && !claimed && _expectations.AreSatisfied(key, outbox.Now))
        {
            var plan = ReplicaSetPlan.For(view.Replicas, tally.Active, ActiveOf(set, view), Related(set), outbox.Now);
            Create(set, view, plan.Create, outbox);
            Delete(set, plan.Delete, outbox);
        }

        int available = tally.Available(_index.ControlledBy(set.Uid), view.MinReadySeconds, outbox.Now);
        JsonObject status = ReplicaSetStatus.For(set, tally, available, _failures.GetValueOrDefault(key), outbox.Now);
        if (!status.Equals(set.Status))
        {
            Client.UpdateStatus(set.WithStatus(status), outbox, Track(key, Tolerating));
        }

        if (available < tally.Ready)
        {
            Queue.AddAt(key, outbox.Now + SimDuration.FromSeconds(view.MinReadySeconds));
        }
    }

    private void PodAdded(ApiObject pod, Outbox outbox)
    {
        _index.Put(pod);
        TallyOf(pod)?.Add(pod);
        if (pod.Controller is { Kind: "ReplicaSet" } owner)
        {
            _expectations.CreationSeen(KeyOf(pod, owner));
            Queue.Add(KeyOf(pod, owner), outbox.Now);
        }
        else if (pod.Controller is null)
        {
            WakeMatching(pod, outbox);
        }
    }

    private void PodUpdated(ApiObject before, ApiObject pod, Outbox outbox)
    {
        _index.Put(pod);
        TallyOf(before)?.Remove(before);
        TallyOf(pod)?.Add(pod);
        Wake(pod, outbox);
        if (before.Controller is { Kind: "ReplicaSet" } old && old.Uid != pod.Controller?.Uid)
        {
            Queue.Add(KeyOf(before, old), outbox.Now);
        }

        if (pod.IsTerminating && pod.Controller is { Kind: "ReplicaSet" } owner)
        {
            _expectations.DeletionSeen(KeyOf(pod, owner), pod.Uid);
        }

        if (pod.Controller is null)
        {
            WakeMatching(pod, outbox);
        }
    }

    private void PodDeleted(ApiObject pod, Outbox outbox)
    {
        if (_index.Remove(pod.Key) is { } before)
        {
            TallyOf(before)?.Remove(before);
        }

        if (pod.Controller is { Kind: "ReplicaSet" } owner)
        {
            _expectations.DeletionSeen(KeyOf(pod, owner), pod.Uid);
            Queue.Add(KeyOf(pod, owner), outbox.Now);
        }
    }

    private void Wake(ApiObject pod, Outbox outbox)
    {
        if (pod.Controller is { Kind: "ReplicaSet" } owner)
        {
            Queue.Add(KeyOf(pod, owner), outbox.Now);
        }
    }

    private void WakeMatching(ApiObject pod, Outbox outbox)
    {
        foreach (ApiObject set in _replicaSets.Objects)
        {
            if (set.Namespace == pod.Namespace && ReplicaSetView.Of(set).Selector.Matches(pod.Labels))
            {
                Queue.Add(set.Key, outbox.Now);
            }
        }
    }

    private ReplicaSetTally? TallyOf(ApiObject pod) =>
        pod.Controller is { } owner ? _tallies.GetValueOrDefault(owner.Uid) : null;

    /// <summary>Lets pods go that no longer match and adopts those that nobody owns; true when it asked for
    /// any.</summary>
    private bool Claim(ApiObject set, ReplicaSetView view, ReplicaSetTally tally, Outbox outbox)
    {
        bool asked = false;
        if (tally.Strangers > 0)
        {
            foreach (ApiObject pod in _index.ControlledBy(set.Uid))
            {
                if (!view.Selector.Matches(pod.Labels))
                {
                    SetOwner(pod, set.Key, JsonNull.Instance, outbox);
                    asked = true;
                }
            }
        }

        foreach (ApiObject pod in _index.OrphansOf(set.Namespace))
        {
            if (ReplicaSetPlan.IsActive(pod) && view.Selector.Matches(pod.Labels))
            {
                SetOwner(pod, set.Key, new JsonArray([OwnerReference.ControlledBy(set).ToJson()]), outbox);
                asked = true;
            }
        }

        return asked;
    }

    private IEnumerable<ApiObject> ActiveOf(ApiObject set, ReplicaSetView view) => _index.ControlledBy(set.Uid)
        .Where(p => ReplicaSetPlan.IsActive(p) && view.Selector.Matches(p.Labels));

    private void SetOwner(ApiObject pod, ObjectKey set, JsonValue owners, Outbox outbox)
    {
        JsonObject patch = JsonObject.Of(
            ("metadata", JsonObject.Of(("uid", pod.Uid), ("ownerReferences", owners))));
        Client.Patch(ResourceTypes.Pods, pod.Key, PatchType.Merge, patch, outbox, Track(set, Tolerating));
    }

    private IEnumerable<ApiObject> Related(ApiObject set)
    {
        IEnumerable<ApiObject> sets = set.Controller is { } owner ? _siblings.ControlledBy(owner.Uid) : [set];
        return sets.SelectMany(s => _index.ControlledBy(s.Uid)).Where(ReplicaSetPlan.IsActive);
    }

    private void Create(ApiObject set, ReplicaSetView view, int count, Outbox outbox)
    {
        if (count > 0)
        {
            _expectations.ExpectCreations(set.Key, count, outbox.Now);
            CreateBatch(set, PodTemplate.MakePod(set, view.Template), 0, count, outbox);
        }
    }

    private void CreateBatch(ApiObject set, ApiObject pod, int previous, int left, Outbox outbox)
    {
        int size = ReplicaSetPlan.NextBatch(previous, left);
        int waiting = size;
        bool failed = false;
        for (int i = 0; i < size; i++)
        {
            Client.Create(pod, outbox, Track(set.Key, (response, o) =>
            {
                if (!response.Succeeded)
                {
                    failed = true;
                    _expectations.CreationSeen(set.Key);
                    _failures[set.Key] = response.Error!.Message; // Not succeeded, so there is an error.
                }

                if (--waiting == 0)
                {
                    EndBatch(set, pod, size, left - size, failed, o);
                }

                return response.Succeeded;
            }));
        }
    }

    private void EndBatch(ApiObject set, ApiObject pod, int size, int left, bool failed, Outbox outbox)
    {
        if (failed)
        {
            _expectations.CreationSeen(set.Key, left); // These were never asked for.
            return;
        }

        _failures.Remove(set.Key);
        if (left > 0)
        {
            CreateBatch(set, pod, size, left, outbox);
        }
    }

    private void Delete(ApiObject set, IReadOnlyList<ApiObject> pods, Outbox outbox)
    {
        if (pods.Count == 0)
        {
            return;
        }

        _expectations.ExpectDeletions(set.Key, pods.Select(p => p.Uid), outbox.Now);
        foreach (ApiObject pod in pods)
        {
            Client.Delete(ResourceTypes.Pods, pod.Key, outbox, Track(set.Key, (response, o) =>
            {
                if (!response.Succeeded)
                {
                    _expectations.DeletionSeen(set.Key, pod.Uid);
                }

                return Tolerating(response, o);
            }), uid: pod.Uid);
        }
    }

    // What is gone needs nothing more; what somebody else changed comes by the watch, and the next look sees it.
    private static bool Tolerating(ApiResponse response, Outbox outbox) =>
        response.Succeeded || response.Error is { IsNotFound: true } or { IsConflict: true };
}
