using System.Diagnostics.CodeAnalysis;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>All types of object that the API serves. To add one, add a line.</summary>
/// <remarks>
/// A type without a line of its own in the API server's validation is stored, listed and watched as it was written.
/// </remarks>
public static class ResourceTypes
{
    private static readonly List<ResourceType> Registered = [];

    /// <summary>Namespaces.</summary>
    public static readonly ResourceType Namespaces =
        Add("", "v1", "Namespace", "namespaces", ResourceScope.Cluster, "ns");

    /// <summary>Nodes.</summary>
    public static readonly ResourceType Nodes = Add("", "v1", "Node", "nodes", ResourceScope.Cluster, "no");

    /// <summary>Pods.</summary>
    public static readonly ResourceType Pods = Add("", "v1", "Pod", "pods", ResourceScope.Namespaced, "po");

    /// <summary>Services.</summary>
    public static readonly ResourceType Services =
        Add("", "v1", "Service", "services", ResourceScope.Namespaced, "svc");

    /// <summary>Endpoints, the older form of endpoint slices.</summary>
    public static readonly ResourceType Endpoints =
        Add("", "v1", "Endpoints", "endpoints", ResourceScope.Namespaced, "ep", hasStatus: false);

    /// <summary>ConfigMaps.</summary>
    public static readonly ResourceType ConfigMaps =
        Add("", "v1", "ConfigMap", "configmaps", ResourceScope.Namespaced, "cm", hasStatus: false);

    /// <summary>Secrets.</summary>
    public static readonly ResourceType Secrets =
        Add("", "v1", "Secret", "secrets", ResourceScope.Namespaced, null, hasStatus: false);

    /// <summary>Events.</summary>
    public static readonly ResourceType Events =
        Add("", "v1", "Event", "events", ResourceScope.Namespaced, "ev", hasStatus: false);

    /// <summary>ServiceAccounts.</summary>
    public static readonly ResourceType ServiceAccounts =
        Add("", "v1", "ServiceAccount", "serviceaccounts", ResourceScope.Namespaced, "sa", hasStatus: false);

    /// <summary>PersistentVolumes.</summary>
    public static readonly ResourceType PersistentVolumes =
        Add("", "v1", "PersistentVolume", "persistentvolumes", ResourceScope.Cluster, "pv");

    /// <summary>PersistentVolumeClaims.</summary>
    public static readonly ResourceType PersistentVolumeClaims =
        Add("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", ResourceScope.Namespaced, "pvc");

    /// <summary>ResourceQuotas.</summary>
    public static readonly ResourceType ResourceQuotas =
        Add("", "v1", "ResourceQuota", "resourcequotas", ResourceScope.Namespaced, "quota");

    /// <summary>LimitRanges.</summary>
    public static readonly ResourceType LimitRanges =
        Add("", "v1", "LimitRange", "limitranges", ResourceScope.Namespaced, "limits", hasStatus: false);

    /// <summary>Deployments.</summary>
    public static readonly ResourceType Deployments =
        Add("apps", "v1", "Deployment", "deployments", ResourceScope.Namespaced, "deploy");

    /// <summary>ReplicaSets.</summary>
    public static readonly ResourceType ReplicaSets =
        Add("apps", "v1", "ReplicaSet", "replicasets", ResourceScope.Namespaced, "rs");

    /// <summary>DaemonSets.</summary>
    public static readonly ResourceType DaemonSets =
        Add("apps", "v1", "DaemonSet", "daemonsets", ResourceScope.Namespaced, "ds");

    /// <summary>StatefulSets.</summary>
    public static readonly ResourceType StatefulSets =
        Add("apps", "v1", "StatefulSet", "statefulsets", ResourceScope.Namespaced, "sts");

    /// <summary>Jobs.</summary>
    public static readonly ResourceType Jobs = Add("batch", "v1", "Job", "jobs", ResourceScope.Namespaced, null);

    /// <summary>CronJobs.</summary>
    public static readonly ResourceType CronJobs =
        Add("batch", "v1", "CronJob", "cronjobs", ResourceScope.Namespaced, "cj");

    /// <summary>HorizontalPodAutoscalers.</summary>
    public static readonly ResourceType HorizontalPodAutoscalers =
        Add("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ResourceScope.Namespaced,
            "hpa");

    /// <summary>PodDisruptionBudgets.</summary>
    public static readonly ResourceType PodDisruptionBudgets =
        Add("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ResourceScope.Namespaced, "pdb");

    /// <summary>EndpointSlices.</summary>
    public static readonly ResourceType EndpointSlices =
        Add("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", ResourceScope.Namespaced, null,
            hasStatus: false);

    /// <summary>Ingresses.</summary>
    public static readonly ResourceType Ingresses =
        Add("networking.k8s.io", "v1", "Ingress", "ingresses", ResourceScope.Namespaced, "ing");

    /// <summary>IngressClasses.</summary>
    public static readonly ResourceType IngressClasses =
        Add("networking.k8s.io", "v1", "IngressClass", "ingressclasses", ResourceScope.Cluster, null, hasStatus: false);

    /// <summary>NetworkPolicies.</summary>
    public static readonly ResourceType NetworkPolicies =
        Add("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", ResourceScope.Namespaced, "netpol",
            hasStatus: false);

    /// <summary>Leases: node heartbeats and leader elections.</summary>
    public static readonly ResourceType Leases =
        Add("coordination.k8s.io", "v1", "Lease", "leases", ResourceScope.Namespaced, null, hasStatus: false);

    /// <summary>PriorityClasses.</summary>
    public static readonly ResourceType PriorityClasses =
        Add("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", ResourceScope.Cluster, "pc",
            hasStatus: false);

    /// <summary>StorageClasses.</summary>
    public static readonly ResourceType StorageClasses =
        Add("storage.k8s.io", "v1", "StorageClass", "storageclasses", ResourceScope.Cluster, "sc", hasStatus: false);

    /// <summary>Every type, in a fixed order; a type's place is its <see cref="ResourceType.Index"/>.</summary>
    public static IReadOnlyList<ResourceType> All => Registered;

    /// <summary>The type of an object's <c>apiVersion</c> and <c>kind</c>.</summary>
    public static bool TryFind(string? apiVersion, string? kind, [NotNullWhen(true)] out ResourceType? type)
    {
        type = Registered.Find(t => t.Kind == kind && t.ApiVersion == apiVersion);
        return type is not null;
    }

    /// <summary>The type of a path's group and plural; the group is empty for the core group.</summary>
    public static bool TryFindPlural(string group, string plural, [NotNullWhen(true)] out ResourceType? type)
    {
        type = Registered.Find(t => t.Plural == plural && t.Group == group);
        return type is not null;
    }

    /// <summary>
    /// The type that kubectl means by a plural, singular or short name, such as <c>po</c> or <c>deployments.apps</c>.
    /// </summary>
    public static bool TryFindName(string name, [NotNullWhen(true)] out ResourceType? type)
    {
        string lower = name.ToLowerInvariant();
        type = Registered.Find(
            t => t.Plural == lower || t.Singular == lower || t.ShortName == lower || t.QualifiedPlural == lower);
        return type is not null;
    }

    private static ResourceType Add(
        string group, string version, string kind, string plural, ResourceScope scope, string? shortName,
        bool hasStatus = true)
    {
        var type = new ResourceType(Registered.Count, group, version, kind, plural, scope, shortName, hasStatus);
        Registered.Add(type);
        return type;
    }
}
