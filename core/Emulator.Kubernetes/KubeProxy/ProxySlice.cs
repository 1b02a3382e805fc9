using Emulator.Core.Packets;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>An EndpointSlice as kube-proxy sees it.</summary>
/// <param name="Service">The namespace and name of the Service that it belongs to, as <c>default/web</c>.</param>
/// <param name="Ports">The endpoints of each port.</param>
public sealed record ProxySlice(string Service, IReadOnlyList<ProxySlicePort> Ports)
{
    /// <summary>A slice that kube-proxy passes over.</summary>
    public static readonly ProxySlice Ignored = new("", []);
}

/// <summary>One port of an EndpointSlice with the slice's endpoints at it.</summary>
public sealed record ProxySlicePort(string Name, IPProtocol Protocol, IReadOnlyList<ProxyEndpoint> Endpoints);
