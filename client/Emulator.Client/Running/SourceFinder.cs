using Emulator.Cluster.Spec;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Client.Running;

/// <summary>Finds the network namespaces that a source means.</summary>
internal static class SourceFinder
{
    /// <summary>The namespaces: one, or those of a Deployment's ready pods by name.</summary>
    /// <exception cref="RefusedException">There is no such source.</exception>
    public static IReadOnlyList<ActorRef> Find(ClusterRun run, TrafficSource source) => source switch
    {
        PodSource pod => [run.NamespaceOf(PodOf(run, pod.Namespace, pod.Name))],
        DeploymentSource deployment => PodsOf(run, deployment),
        NodeSource node => [run.Cluster.Nodes.TryGetValue(node.Name, out ActorRef? host) ? host
        : throw new RefusedException(
            $"node {node.Name} does not exist; nodes are {Some(run.Cluster.Nodes.Keys)}.")],
        ExternalSource external => [HostOf(run, external)],
        _ => throw new System.Diagnostics.UnreachableException(source.GetType().Name),
    };

    /// <summary>A pod by namespace and name.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static PodView PodOf(ClusterRun run, string @namespace, string name) =>
        run.Objects.Find(ResourceTypes.Pods, new ObjectKey(@namespace, name)) is ApiObject pod
            ? PodView.Of(pod)
            : throw new RefusedException($"pod {@namespace}/{name} does not exist; pods of {@namespace} are "
                + $"{Some(run.Pods.Where(p => p.Namespace == @namespace).Select(p => p.Name))}.");

    /// <summary>The first twenty names, or a word that there are none.</summary>
    public static string Some(IEnumerable<string> names)
    {
        string[] first = [.. names.Take(21)];
        return first.Length == 0 ? "none" : string.Join(", ", first.Take(20)) + (first.Length > 20 ? ", …" : "");
    }

    private static IReadOnlyList<ActorRef> PodsOf(ClusterRun run, DeploymentSource source)
    {
        ApiObject deployment = run.Objects.Find(
            ResourceTypes.Deployments, new ObjectKey(source.Namespace, source.Name))
            ?? throw new RefusedException($"deployment {source.Namespace}/{source.Name} does not exist; there are "
                + $"{Some(run.Objects.All(ResourceTypes.Deployments).Select(d => d.Key.ToString()))}.");
        LabelSelector selector = DeploymentView.Of(deployment).Selector;
        ActorRef[] pods =
        [
            .. run.Pods.Where(p => p.Namespace == source.Namespace && p.IsReady && selector.Matches(p.Object.Labels))
                .Select(run.NamespaceOf),
        ];
        return pods.Length > 0 ? pods : throw new RefusedException(
            $"deployment {source.Namespace}/{source.Name} has no pod that is ready; look at its pods with run.");
    }

    private static ActorRef HostOf(ClusterRun run, ExternalSource source)
    {
        IReadOnlyList<ExternalHostSpec> hosts = run.Cluster.Spec.ExternalHosts;
        ExternalHostSpec? host = source switch
        {
            { Name: string name } => hosts.FirstOrDefault(h => h.Name == name),
            { Address: IPv4Address address } => hosts.FirstOrDefault(h => h.Addresses.Any(a => a.Address == address)),
            _ => hosts.Count > 0 ? hosts[0] : null,
        };
        return host is not null ? run.Cluster.ExternalHosts[host.Name] : throw new RefusedException(
            $"{source} is no host outside; there are "
            + $"{Some(hosts.Select(h => $"{h.Name} ({string.Join(", ", h.Addresses.Select(a => a.Address))})"))}.");
    }
}
