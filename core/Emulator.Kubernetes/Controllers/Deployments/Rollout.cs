using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.Deployments;

/// <summary>A Deployment with its ReplicaSets, as one look of the controller sees them.</summary>
/// <param name="deployment">The Deployment.</param>
/// <param name="sets">Its ReplicaSets, oldest first.</param>
/// <param name="fresh">The ReplicaSet of the present template among them; null when it is not there yet.</param>
public sealed class Rollout(ApiObject deployment, IReadOnlyList<ApiObject> sets, ApiObject? fresh)
{
    /// <summary>The Deployment.</summary>
    public ApiObject Deployment => deployment;

    /// <summary>The Deployment, read.</summary>
    public DeploymentView View { get; } = DeploymentView.Of(deployment);

    /// <summary>All its ReplicaSets, oldest first.</summary>
    public IReadOnlyList<ApiObject> Sets => sets;

    /// <summary>The ReplicaSet of the present template; null when it is not there yet.</summary>
    public ApiObject? New => fresh;

    /// <summary>The other ReplicaSets, oldest first.</summary>
    public IReadOnlyList<ApiObject> Old => field ??= [.. sets.Where(s => !ReferenceEquals(s, fresh))];

    /// <summary>The arithmetic of this rollout.</summary>
    public RollingUpdatePlan Plan { get; } = Limits(DeploymentView.Of(deployment));

    /// <summary>How many pods all ReplicaSets want together.</summary>
    public int TotalReplicas => sets.Sum(s => ReplicaSetView.Of(s).Replicas);

    /// <summary>How many pods there may be at most.</summary>
    public int MaxReplicas => View.Replicas + Plan.MaxSurge;

    /// <summary>The revision that the new ReplicaSet must have: one more than any old one has.</summary>
    public long NextRevision =>
        1 + Old.Select(s => DeploymentReplicaSets.Number(s, DeploymentReplicaSets.RevisionAnnotation) ?? 0)
            .DefaultIfEmpty().Max();

    /// <summary>Whether the Deployment's size changed since its ReplicaSets were sized.</summary>
    public bool IsScaled => sets.Any(s =>
        ReplicaSetView.Of(s).Replicas > 0
        && DeploymentReplicaSets.Number(s, DeploymentReplicaSets.DesiredAnnotation) is long desired
        && desired != View.Replicas);

    /// <summary>Whether the new ReplicaSet has all pods, all available.</summary>
    public bool IsSaturated =>
        New is { } set
        && ReplicaSetView.Of(set).Replicas == View.Replicas
        && DeploymentReplicaSets.Number(set, DeploymentReplicaSets.DesiredAnnotation) == View.Replicas
        && ReplicaSetView.Of(set).StatusAvailableReplicas == View.Replicas;

    /// <summary>The sizes that ReplicaSets should have after the Deployment's size changed; those that keep theirs may
    /// be left out.</summary>
    /// <remarks>Source: sync.go (scale): a single ReplicaSet takes the whole change, a finished rollout ends the old
    /// ones, and in the middle of one the change is spread in proportion.</remarks>
    public IReadOnlyList<(ApiObject Set, int Replicas)> ScaledSizes()
    {
        List<ApiObject> active = [.. sets.Where(s => ReplicaSetView.Of(s).Replicas > 0)];
        if (active.Count <= 1)
        {
            ApiObject? only = active.FirstOrDefault() ?? New ?? Old.LastOrDefault();
            return only is null ? [] : [(only, View.Replicas)];
        }

        if (IsSaturated)
        {
            return [.. active.Where(s => !ReferenceEquals(s, New)).Select(s => (s, 0))];
        }

        if (View.IsRecreate)
        {
            return [];
        }

        IReadOnlyDictionary<string, int> sizes = ProportionalScale.Sizes(
            [.. active.Select(Scaled)], View.Replicas, Plan.MaxSurge,
            (int)(deployment.Status.Find("replicas")?.AsInt64 ?? 0));
        return [.. active.Select(s => (s, sizes[s.Name]))];
    }

    /// <summary>A ReplicaSet's numbers.</summary>
    public ReplicaCount Count(ApiObject set)
    {
        ReplicaSetView view = ReplicaSetView.Of(set);
        return new ReplicaCount(set.Name, view.Replicas, view.StatusAvailableReplicas);
    }

    private static ScaledSet Scaled(ApiObject set) => new(
        set.Name, ReplicaSetView.Of(set).Replicas,
        (int?)DeploymentReplicaSets.Number(set, DeploymentReplicaSets.MaxAnnotation), set.CreationTimestamp ?? "");

    /// <summary>The status that the Deployment should have.</summary>
    public JsonObject Status(SimTime now) =>
        DeploymentStatus.For(deployment, sets, New, View.IsRecreate ? 0 : Plan.Unavailable, now);

    private static RollingUpdatePlan Limits(DeploymentView view) => view.IsRecreate
        ? new RollingUpdatePlan(view.Replicas, 0, 0)
        : RollingUpdatePlan.For(view.Replicas, view.MaxSurge, view.MaxUnavailable);
}
