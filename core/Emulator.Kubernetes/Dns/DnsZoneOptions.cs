using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.Dns;

/// <summary>Whether <c>a-b-c-d.NAMESPACE.pod</c> names answer.</summary>
public enum PodRecords : byte
{
    /// <summary>Never.</summary>
    Disabled,

    /// <summary>Always, whether there is such a pod or not; the default of kubeadm's Corefile.</summary>
    Insecure,

    /// <summary>Only where a pod of the namespace has the address.</summary>
    Verified,
}

/// <summary>Settings of cluster DNS, named as in CoreDNS' Corefile.</summary>
public sealed record DnsZoneOptions
{
    /// <summary>The cluster's domain, without a last dot.</summary>
    public string Zone { get; init; } = "cluster.local";

    /// <summary><c>ttl</c>: how long records may be kept, in seconds. kubeadm's Corefile says 30.</summary>
    public uint TimeToLiveSeconds { get; init; } = 30;

    /// <summary><c>pods</c>.</summary>
    public PodRecords Pods { get; init; } = PodRecords.Insecure;

    /// <summary><c>ignore empty_service</c>: a Service without ready endpoints does not exist.</summary>
    public bool IgnoresEmptyServices { get; init; }

    /// <summary>Names outside the cluster that are known all the same (CoreDNS' <c>hosts</c> plugin).</summary>
    public IReadOnlyList<(string Name, IPv4Address Address)> Hosts { get; init; } = [];
}
