using Emulator.Cluster.Reading;
using Emulator.Core.Actors;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Dns;
using Emulator.Kubernetes.Ingress;
using Emulator.Linux.Processes;

namespace Emulator.Cluster.Building;

/// <summary>What each container runs. Images are not pulled: a container is a behaviour.</summary>
/// <remarks>CoreDNS and the ingress controller are known by their images; any other container answers at its declared
/// ports, at the cost that the pod's annotations say. Those of manifests were checked when they were read; one that
/// came by the API and is not understood leaves the default.</remarks>
internal sealed class ContainerPrograms(ActorRef apiServer)
{
    /// <summary>The program of a container.</summary>
    /// <param name="host">The root of the machine that it runs on.</param>
    /// <param name="pod">Its pod.</param>
    /// <param name="container">The container.</param>
    public Program Of(ActorRef host, PodView pod, ContainerView container) => Repository(container.Image) switch
    {
        "coredns" or "coredns/coredns" => new CoreDns(host, apiServer, new DnsZoneOptions()),
        "ingress-nginx/controller" => new IngressController(host, apiServer),
        _ => new EchoServer(pod.Name, PortsOf(container, "TCP"), PortsOf(container, "UDP"))
        {
            Behaviour = BehaviourReader.Read(
                name => pod.Object.Annotations[name], container.Name, static (_, _) => { }),
        },
    };

    /// <summary>An image's name without registry, tag and digest: <c>registry.k8s.io/coredns/coredns:v1</c> is
    /// coredns/coredns.</summary>
    private static string Repository(string image)
    {
        int slash = image.IndexOf('/');
        bool hasRegistry = slash > 0 && image.AsSpan(0, slash).ContainsAny('.', ':');
        return (hasRegistry ? image[(slash + 1)..] : image).Split('@', ':')[0];
    }

    private static ushort[] PortsOf(ContainerView container, string protocol) =>
        [.. container.Ports.Where(p => p.Protocol == protocol).Select(p => (ushort)p.ContainerPort).Distinct()];
}
