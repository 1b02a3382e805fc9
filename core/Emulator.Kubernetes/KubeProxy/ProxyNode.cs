using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>What kube-proxy's rules depend on at the node that it runs on.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Zone">The label <c>topology.kubernetes.io/zone</c>; empty without one.</param>
/// <param name="Addresses">The node's own addresses, the primary one first; 127.0.0.1 need not be among them.</param>
public sealed record ProxyNode(string Name, string Zone, IReadOnlyList<IPv4Address> Addresses);
