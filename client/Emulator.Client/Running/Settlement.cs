using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.KubeProxy;

namespace Emulator.Client.Running;

/// <summary>Runs a cluster until nothing in it changes any more.</summary>
/// <remarks>
/// Settled is: every node is Ready, every pod is Running and Ready (or has ended), every Deployment has all replicas
/// available, and no object
/// but heartbeats was written for <see cref="Quiet"/>, which is longer than a kube-proxy lets changes wait, so that all
/// rules are in place. A cluster in which nothing was written for <see cref="GivenUp"/> has settled as well as it ever
/// will.
/// </remarks>
internal static class Settlement
{
    /// <summary>How long nothing may have been written: the least time between two syncs of a kube-proxy, and half a
    /// second.</summary>
    public static readonly SimDuration Quiet = KubeProxy.MinSyncPeriod + SimDuration.FromMilliseconds(500);

    /// <summary>How far the run goes at a time, and progress is shown, while nothing can have settled.</summary>
    public static readonly SimDuration Look = SimDuration.FromMilliseconds(250);

    /// <summary>After how long without a write nothing more is expected, though pods are not ready.</summary>
    public static readonly SimDuration GivenUp = SimDuration.FromSeconds(30);

    /// <summary>How long it may take at most.</summary>
    public static readonly SimTime Limit = SimTime.Zero + SimDuration.FromSeconds(3_600);

    /// <summary>Runs until settled.</summary>
    /// <param name="run">The cluster.</param>
    /// <param name="progress">Told the instant at the start, after each <see cref="Look"/> at the latest, and after
    /// each millisecond in which the cluster may have settled.</param>
    /// <returns>What is not ready; empty when all is.</returns>
    public static IReadOnlyList<string> Run(ClusterRun run, Action<SimTime>? progress = null)
    {
        SimTime looked = SimTime.Zero;
        IReadOnlyList<string> unready = [];
        run.Engine.RunWhile(
            () =>
            {
                SimDuration quiet = run.Engine.Now - run.LastWrite;
                if (quiet < Quiet)
                {
                    return true;
                }

                // The objects have not changed since they were last looked at: the answer is the same.
                if (looked != run.LastWrite || looked == SimTime.Zero)
                {
                    looked = run.LastWrite;
                    unready = Unready(run);
                }

                return unready.Count > 0 && quiet < GivenUp;
            },
            Limit,
            () =>
            {
                SimTime now = run.Engine.Now;
                progress?.Invoke(now); // Here, since the run goes on before the condition is asked.
                return run.LastWrite + Quiet < now + Look ? run.LastWrite + Quiet : now + Look;
            });
        return Unready(run);
    }

    private static IReadOnlyList<string> Unready(ClusterRun run)
    {
        var unready = new List<string>();
        foreach (string name in run.Cluster.Nodes.Keys)
        {
            ApiObject? node = run.Objects.Find(ResourceTypes.Nodes, new ObjectKey("", name));
            if (node is null || NodeView.Of(node).Ready is not { IsTrue: true })
            {
                unready.Add($"node {name} is {(node is null ? "not registered" : "not ready")}");
            }
        }

        foreach (PodView pod in run.Pods)
        {
            if (!pod.IsTerminal && !(pod.Phase == "Running" && pod.IsReady))
            {
                string why = pod.FindCondition("PodScheduled") is { IsTrue: false } condition
                ? $": {condition.Message}" : "";
                unready.Add($"pod {pod.Namespace}/{pod.Name} is {pod.Phase}{why}");
            }
        }

        foreach (ApiObject deployment in run.Objects.All(ResourceTypes.Deployments))
        {
            DeploymentView view = DeploymentView.Of(deployment);
            long available = deployment.Status.Find("availableReplicas")?.AsInt64 ?? 0;
            if (available < view.Replicas)
            {
                unready.Add($"deployment {deployment.Key} has {available} of {view.Replicas} pods available");
            }
        }

        return unready;
    }
}
