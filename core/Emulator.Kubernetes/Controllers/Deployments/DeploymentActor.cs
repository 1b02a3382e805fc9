using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Controllers.Deployments;

/// <summary>The Deployment controller: one ReplicaSet per template, sized so that a change of template rolls out step
/// by step.</summary>
/// <remarks>
/// Source: pkg/controller/deployment. Left out: the revision-history annotation and events; rolling back is the
/// client's work (it writes an old template). One Deployment is looked at at most every 10 ms.
/// </remarks>
public sealed class DeploymentActor : ControllerActor
{
    /// <summary>The least time between two looks at one Deployment: 10 ms.</summary>
    public static readonly SimDuration SyncInterval = SimDuration.FromMilliseconds(10);

    private readonly Informer _deployments;
    private readonly Informer _pods;
    private readonly ObjectIndex _replicaSets = new();

    /// <summary>A Deployment controller.</summary>
    public DeploymentActor(ActorRef self, ActorRef machineRoot, ActorRef apiServer)
        : base(self, machineRoot, apiServer, SyncInterval)
    {
        _deployments = Client.Inform(ResourceTypes.Deployments);
        _deployments.OnAdd = (d, o) => Queue.Add(d.Key, o.Now);
        _deployments.OnUpdate = (_, d, o) => Queue.Add(d.Key, o.Now);
        _deployments.OnDelete = (d, _) => Queue.Drop(d.Key);
        Informer sets = Client.Inform(ResourceTypes.ReplicaSets);
        sets.OnAdd = (s, o) =>
        {
            _replicaSets.Put(s);
            Wake(s, o);
        };
        sets.OnUpdate = (_, s, o) =>
        {
            _replicaSets.Put(s);
            Wake(s, o);
        };
        sets.OnDelete = (s, o) =>
        {
            _replicaSets.Remove(s.Key);
            Wake(s, o);
        };
        _pods = Client.Inform(ResourceTypes.Pods);
        _pods.OnUpdate = (before, pod, o) =>
        {
            if (PodView.Of(pod).IsTerminal && !PodView.Of(before).IsTerminal)
            {
                WakeRecreate(pod, o);
            }
        };
        _pods.OnDelete = WakeRecreate;
    }

    /// <inheritdoc/>
    protected override void Sync(ObjectKey key, Outbox outbox)
    {
        if (_deployments.Find(key) is not { } deployment)
        {
            return;
        }

        List<ApiObject> sets = DeploymentReplicaSets.Oldest(Claim(deployment, outbox));
        var rollout = new Rollout(deployment, sets, DeploymentReplicaSets.FindNew(deployment, sets));
        if (deployment.IsTerminating)
        {
            WriteStatus(rollout, null, outbox);
        }
        else if (rollout.View.IsPaused || rollout.IsScaled)
        {
            Scale(rollout, outbox);
            WriteStatus(rollout, null, outbox);
        }
        else
        {
            SyncRevision(rollout, outbox);
            bool moved = rollout.View.IsRecreate ? Recreate(rollout, outbox) : Roll(rollout, outbox);
            if (!moved && DeploymentStatus.IsComplete(deployment, rollout.Status(outbox.Now)))
            {
                CleanUp(rollout, outbox);
            }
        }
    }

    private void Wake(ApiObject set, Outbox outbox)
    {
        if (set.Controller is { Kind: "Deployment" } owner)
        {
            Queue.Add(KeyOf(set, owner), outbox.Now);
            return;
        }

        foreach (ApiObject deployment in _deployments.Objects)
        {
            if (set.Controller is null && deployment.Namespace == set.Namespace
                && DeploymentView.Of(deployment).Selector.Matches(set.Labels))
            {
                Queue.Add(deployment.Key, outbox.Now);
            }
        }
    }

    // Only a Deployment that waits for its old pods to be gone must hear of pods.
    private void WakeRecreate(ApiObject pod, Outbox outbox)
    {
        if (pod.Controller is not { Kind: "ReplicaSet" })
        {
            return;
        }

        foreach (ApiObject deployment in _deployments.Objects)
        {
            DeploymentView view = DeploymentView.Of(deployment);
            if (view.IsRecreate && deployment.Namespace == pod.Namespace && view.Selector.Matches(pod.Labels))
            {
                Queue.Add(deployment.Key, outbox.Now);
            }
        }
    }

    private List<ApiObject> Claim(ApiObject deployment, Outbox outbox)
    {
        LabelSelector selector = DeploymentView.Of(deployment).Selector;
        List<ApiObject> own = [.. _replicaSets.ControlledBy(deployment.Uid)];
        if (deployment.IsTerminating)
        {
            return own;
        }

        foreach (ApiObject orphan in _replicaSets.OrphansOf(deployment.Namespace))
        {
            if (!orphan.IsTerminating && selector.Matches(orphan.Labels))
            {
                own.Add(orphan);
                JsonObject owners = JsonObject.Of(
                    ("uid", orphan.Uid),
                    ("ownerReferences", new JsonArray([OwnerReference.ControlledBy(deployment).ToJson()])));
                Client.Patch(
                    ResourceTypes.ReplicaSets, orphan.Key, PatchType.Merge, JsonObject.Of(("metadata", owners)), outbox,
                    Track(deployment.Key, Tolerating));
            }
        }

        return own;
    }

    private bool Roll(Rollout rollout, Outbox outbox)
    {
        if (rollout.New is null)
        {
            CreateNew(rollout, outbox);
            return true;
        }

        ReplicaCount fresh = rollout.Count(rollout.New);
        int size = rollout.Plan.NewReplicas(fresh.Replicas, rollout.TotalReplicas);
        bool moved = Resize(rollout, rollout.New, size, outbox);
        if (!moved)
        {
            IReadOnlyList<ReplicaCount> old = [.. rollout.Old.Select(rollout.Count)];
            foreach (ReplicaCount count in rollout.Plan.OldReplicas(old, fresh))
            {
                moved |= Resize(rollout, rollout.Old.First(s => s.Name == count.Name), count.Replicas, outbox);
            }
        }

        WriteStatus(rollout, null, outbox);
        return moved;
    }

    private bool Recreate(Rollout rollout, Outbox outbox)
    {
        bool moved = false;
        foreach (ApiObject old in rollout.Old.Where(s => ReplicaSetView.Of(s).Replicas > 0))
        {
            moved |= Resize(rollout, old, 0, outbox);
        }

        if (moved || OldPodsAreLeft(rollout))
        {
            WriteStatus(rollout, null, outbox);
            return true;
        }

        if (rollout.New is null)
        {
            CreateNew(rollout, outbox);
            return true;
        }

        moved = Resize(rollout, rollout.New, rollout.View.Replicas, outbox);
        WriteStatus(rollout, null, outbox);
        return moved;
    }

    private bool OldPodsAreLeft(Rollout rollout)
    {
        if (rollout.Old.Count == 0)
        {
            return false;
        }

        var old = new HashSet<string>(rollout.Old.Select(s => s.Uid), StringComparer.Ordinal);
        return rollout.Old.Any(s => ReplicaSetView.Of(s).StatusReplicas > 0)
            || _pods.Objects.Any(p =>
                p.Controller is { } owner && old.Contains(owner.Uid) && !PodView.Of(p).IsTerminal);
    }

    private void CreateNew(Rollout rollout, Outbox outbox)
    {
        ApiObject deployment = rollout.Deployment;
        RollingUpdatePlan plan = rollout.Plan;
        int size = rollout.View.IsRecreate ? plan.Replicas : plan.NewReplicas(0, rollout.TotalReplicas);
        ApiObject set = DeploymentReplicaSets.Make(deployment, size, rollout.MaxReplicas, rollout.NextRevision);
        Client.Create(set, outbox, Track(deployment.Key, (response, o) =>
        {
            if (response.Error is { IsAlreadyExists: true })
            {
                return MindCollision(deployment, set, o);
            }

            return response.Succeeded;
        }));
        WriteStatus(rollout, set.Name, outbox);
    }

    // A name that is taken by a ReplicaSet of another template needs another hash; our own has only not been seen yet.
    private bool MindCollision(ApiObject deployment, ApiObject set, Outbox outbox)
    {
        IEnumerable<ApiObject> known =
            [.. _replicaSets.ControlledBy(deployment.Uid), .. _replicaSets.OrphansOf(deployment.Namespace)];
        if (known.Any(s => s.Name == set.Name) && DeploymentReplicaSets.FindNew(deployment, known) is null)
        {
            long count = deployment.Status.Find("collisionCount")?.AsInt64 ?? 0;
            Client.UpdateStatus(
                deployment.With(["status", "collisionCount"], count + 1), outbox, Track(deployment.Key, Tolerating));
        }

        return false;
    }

    /// <summary>Numbers the new ReplicaSet as the newest, and the Deployment likewise.</summary>
    private void SyncRevision(Rollout rollout, Outbox outbox)
    {
        if (rollout.New is not { } set)
        {
            return;
        }

        long revision = DeploymentReplicaSets.Number(set, DeploymentReplicaSets.RevisionAnnotation) ?? 0;
        if (revision < rollout.NextRevision)
        {
            revision = rollout.NextRevision;
            Annotate(ResourceTypes.ReplicaSets, set.Key, revision, rollout, outbox);
        }

        if (DeploymentReplicaSets.Number(rollout.Deployment, DeploymentReplicaSets.RevisionAnnotation) != revision)
        {
            Annotate(ResourceTypes.Deployments, rollout.Deployment.Key, revision, rollout, outbox);
        }
    }

    private void Annotate(ResourceType type, ObjectKey key, long revision, Rollout rollout, Outbox outbox) =>
        Client.Patch(
        type, key, PatchType.Merge,
        JsonObject.Of(("metadata", JsonObject.Of(("annotations", JsonObject.Of(
            (DeploymentReplicaSets.RevisionAnnotation, DeploymentReplicaSets.Text(revision))))))),
        outbox, Track(rollout.Deployment.Key, Tolerating));

    private void Scale(Rollout rollout, Outbox outbox)
    {
        foreach ((ApiObject set, int replicas) in rollout.ScaledSizes())
        {
            Resize(rollout, set, replicas, outbox);
        }
    }

    /// <summary>Sizes a ReplicaSet and notes the Deployment's size on it; true when the size is another.</summary>
    private bool Resize(Rollout rollout, ApiObject set, int replicas, Outbox outbox)
    {
        bool another = ReplicaSetView.Of(set).Replicas != replicas;
        if (another || DeploymentReplicaSets.NotesDiffer(set, rollout.View.Replicas, rollout.MaxReplicas))
        {
            Client.Update(
                DeploymentReplicaSets.Resize(set, replicas, rollout.View.Replicas, rollout.MaxReplicas), outbox,
                Track(rollout.Deployment.Key));
        }

        return another;
    }

    private void CleanUp(Rollout rollout, Outbox outbox)
    {
        foreach (ApiObject set in DeploymentReplicaSets.Surplus(rollout.Old, rollout.View.RevisionHistoryLimit))
        {
            Client.Delete(ResourceTypes.ReplicaSets, set.Key, outbox, Track(rollout.Deployment.Key, Tolerating),
                uid: set.Uid);
        }
    }

    private void WriteStatus(Rollout rollout, string? created, Outbox outbox)
    {
        ApiObject deployment = rollout.Deployment;
        JsonObject status = rollout.Status(outbox.Now);
        if (DeploymentStatus.HasDeadline(deployment) && !rollout.View.IsPaused)
        {
            if (created is not null)
            {
                status = DeploymentStatus.WithNewReplicaSet(status, created, created: true, outbox.Now);
            }
            else if (rollout.New is { } found && Condition.Find(status, "Progressing") is null)
            {
                status = DeploymentStatus.WithNewReplicaSet(status, found.Name, created: false, outbox.Now);
            }
        }

        if (!status.Equals(deployment.Status))
        {
            Client.UpdateStatus(deployment.WithStatus(status), outbox, Track(deployment.Key, Tolerating));
        }

        if (DeploymentStatus.Deadline(deployment, status) is SimTime deadline && deadline >= outbox.Now)
        {
            Queue.AddAt(deployment.Key, deadline + SimDuration.FromSeconds(1));
        }
    }

    private static bool Tolerating(ApiResponse response, Outbox outbox) =>
        response.Succeeded || response.Error is { IsNotFound: true } or { IsConflict: true };
}
