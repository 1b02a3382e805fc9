using Emulator.Core.Addresses;

namespace Emulator.Linux.Processes;

/// <summary>How names are resolved: what <c>/etc/resolv.conf</c> says.</summary>
/// <remarks>Source: resolv.conf(5).</remarks>
/// <param name="Nameserver">The DNS server; null when there is none, and then only addresses can be reached.</param>
/// <param name="Search">Domains that are tried after short names, in order.</param>
/// <param name="Ndots">A name with fewer dots than this is tried with the search list first. Kubernetes sets 5.</param>
public sealed record ResolverConfiguration(IPv4Address? Nameserver, IReadOnlyList<string> Search, int Ndots)
{
    /// <summary>No DNS server.</summary>
    public static readonly ResolverConfiguration None = new(null, [], 1);

    /// <summary>What the kubelet writes for a pod with <c>dnsPolicy: ClusterFirst</c>.</summary>
    public static ResolverConfiguration ClusterFirst(
        IPv4Address clusterDns, string podNamespace, string clusterDomain) =>
        new(clusterDns, [$"{podNamespace}.svc.{clusterDomain}", $"svc.{clusterDomain}", clusterDomain], 5);

    /// <summary>The full names to ask for, in order.</summary>
    public IReadOnlyList<string> Candidates(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name];
        }

        IEnumerable<string> searched = Search.Select(domain => $"{name}.{domain.TrimEnd('.')}.");
        string absolute = name + ".";
        return name.Count(c => c == '.') >= Ndots ? [absolute, .. searched] : [.. searched, absolute];
    }
}
