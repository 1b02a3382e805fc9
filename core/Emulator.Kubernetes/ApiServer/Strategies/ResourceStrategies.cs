using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Storage;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>
/// Which strategy serves which type. To teach the API server about a type, write a strategy and add a line.
/// </summary>
internal sealed class ResourceStrategies
{
    private readonly ResourceStrategy[] _byType;

    public ResourceStrategies(ObjectStore store, ApiServerOptions options)
    {
        var plain = new ResourceStrategy();
        _byType = [.. ResourceTypes.All.Select(_ => plain)];
        Set(ResourceTypes.Pods, new PodStrategy(store));
        Set(ResourceTypes.Services, new ServiceStrategy(options));
        foreach (ResourceType type in (ReadOnlySpan<ResourceType>)
            [ResourceTypes.Deployments, ResourceTypes.ReplicaSets, ResourceTypes.DaemonSets,
                ResourceTypes.StatefulSets])
        {
            Set(type, new WorkloadStrategy(type));
        }

        var withStatus = new PlainStrategy(countsGeneration: false, keepsStatus: true);
        Set(ResourceTypes.Nodes, withStatus);
        Set(ResourceTypes.Namespaces, new NamespaceStrategy());
        Set(ResourceTypes.PersistentVolumes, withStatus);
        var uncounted = new PlainStrategy(countsGeneration: false, keepsStatus: false);
        Set(ResourceTypes.Leases, uncounted);
        Set(ResourceTypes.ResourceQuotas, uncounted);
        Set(ResourceTypes.PersistentVolumeClaims, uncounted);
    }

    /// <summary>The strategy of a type.</summary>
    public ResourceStrategy this[ResourceType type] => _byType[type.Index];

    private void Set(ResourceType type, ResourceStrategy strategy) => _byType[type.Index] = strategy;
}
