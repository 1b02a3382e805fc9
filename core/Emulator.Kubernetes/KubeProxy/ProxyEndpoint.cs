using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>One endpoint of a Service port, from an EndpointSlice.</summary>
/// <param name="Address">Address and port.</param>
/// <param name="NodeName">The node that it runs on; empty when unknown.</param>
/// <param name="Ready">Takes new connections. Always true for Services that publish addresses which are not
/// ready.</param>
/// <param name="Serving">Would be ready if it were not terminating.</param>
/// <param name="Terminating">Its pod is being deleted.</param>
/// <param name="ZoneHints">The zones that should use it; empty without hints.</param>
public sealed record ProxyEndpoint(
    Endpoint Address, string NodeName, bool Ready, bool Serving, bool Terminating, IReadOnlyList<string> ZoneHints)
{
    /// <summary>Whether it may be used where nothing is ready: terminating, but still serving.</summary>
    public bool IsLastResort => !Ready && Serving && Terminating;
}
