using Emulator.Cluster.Building;
using Emulator.Cluster.Spec;
using Emulator.Cluster.Traffic;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Engine.Telemetry;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Ingress;
using Emulator.Linux.Processes;

namespace Emulator.Client.Running;

/// <summary>Turns a destination into the request that a client process makes.</summary>
/// <param name="run">A settled cluster.</param>
/// <param name="source">Who asks: names mean other things inside and outside.</param>
/// <param name="via">The node whose port is used from outside; null for the first.</param>
internal sealed class ExchangePlanner(ClusterRun run, TrafficSource source, string? via)
{
    private const int HttpPort = 80;

    /// <summary>Plans an exchange.</summary>
    /// <param name="target">Whom it is for.</param>
    /// <param name="requestBytes">Bytes of the request; null for 64, for HTTP none.</param>
    /// <param name="replyBytes">Bytes of the reply that is waited for over TCP; null for as many as the request
    /// has.</param>
    /// <exception cref="RefusedException">The destination does not exist.</exception>
    public PlannedExchange Plan(TrafficTarget target, int? requestBytes, int? replyBytes)
    {
        PlannedExchange planned = target switch
        {
            PodTarget pod => new PlannedExchange(ToPod(pod), []),
            ServiceTarget service => ToService(service),
            HttpTarget http => ToUrl(http),
            TcpTarget tcp => ToEndpoint(ExchangeKind.Tcp, tcp.Endpoint),
            UdpTarget udp => ToEndpoint(ExchangeKind.Udp, udp.Endpoint),
            IcmpTarget icmp => new PlannedExchange(Raw(ExchangeKind.Ping, icmp.Address, 0), []),
            _ => throw new System.Diagnostics.UnreachableException(target.GetType().Name),
        };
        ExchangeRequest request = WithBytes(planned.Request, requestBytes, replyBytes);
        return planned with
        {
            Request = source is ExternalSource { Address: IPv4Address own }
                ? request with { LocalAddress = own } : request,
        };
    }

    private static ExchangeRequest WithBytes(ExchangeRequest request, int? requestBytes, int? replyBytes)
    {
        bool isRaw = request.Kind is ExchangeKind.Tcp or ExchangeKind.Udp;
        if (replyBytes is not null && !isRaw)
        {
            throw new RefusedException($"--reply-bytes: the server of {request.Kind} decides how long its reply is; "
            + "leave it out.");
        }

        int bytes = requestBytes
        ?? (request.Kind == ExchangeKind.Http ? 0 : request.Kind == ExchangeKind.Ping ? 56 : 64);
        int reply = replyBytes ?? bytes;
        if (isRaw && reply != bytes && bytes < AskedReply.ShortestRequest)
        {
            throw new RefusedException($"--request-bytes: {bytes} cannot ask for a reply of {reply}; "
                + $"write {AskedReply.ShortestRequest} or more.");
        }

        return request with
        {
            Bytes = isRaw ? AskedReply.Request(bytes, reply) : bytes == 0 ? Payload.Empty : new FillerPayload(bytes),
            ReplyLength = request.Kind == ExchangeKind.Tcp ? reply : 0,
            Method = request.Kind == ExchangeKind.Http && bytes > 0 ? "POST" : "GET",
        };
    }

    private ExchangeRequest ToPod(PodTarget target)
    {
        PodView pod = SourceFinder.PodOf(run, target.Namespace, target.Name);
        if (pod.PodIP is not IPv4Address address)
        {
            throw new RefusedException($"pod {pod.Namespace}/{pod.Name} has no address yet ({pod.Phase}); choose "
            + "another.");
        }

        ContainerPortView[] ports = [.. pod.Containers.SelectMany(c => c.Ports)];
        ContainerPortView? declared = target.Port is ushort wanted
            ? ports.FirstOrDefault(p => p.ContainerPort == wanted) : ports.FirstOrDefault();
        return (declared, target.Port) switch
        {
            (null, null) => Raw(ExchangeKind.Ping, address, 0),
            (null, ushort port) => Raw(ExchangeKind.Tcp, address, port),
            (ContainerPortView port, _) => Raw(KindOf(port.Protocol), address, (ushort)port.ContainerPort),
        };
    }

    private PlannedExchange ToService(ServiceTarget target)
    {
        var key = new ObjectKey(target.Namespace, target.Name);
        ApiObject found = run.Objects.Find(ResourceTypes.Services, key)
            ?? throw new RefusedException($"service {key} does not exist; there are "
                + $"{SourceFinder.Some(ServiceNames())}.");
        ServiceView service = ServiceView.Of(found);
        if (service.ClusterIP is not IPv4Address address)
        {
            throw new RefusedException($"service {key} is {(service.IsHeadless ? "headless" : service.Type)} and has "
            + "no address; "
                + "choose one of its pods, or ask for its name with http://.");
        }

        ServicePort? port = target.Port is ushort wanted
            ? service.Ports.FirstOrDefault(p => p.Port == wanted) : service.Ports.FirstOrDefault();
        if (port is null)
        {
            throw new RefusedException($"service {key} has no port {target.Port}; it has "
                + $"{SourceFinder.Some(service.Ports.Select(p => $"{p.Port}/{p.Protocol}"))}.");
        }

        return new PlannedExchange(Raw(KindOf(port.Protocol), address, (ushort)port.Port),
        Branches.Of(run, service, port, null));
    }

    /// <summary>An address may be a Service's, or a node's with a node port.</summary>
    private PlannedExchange ToEndpoint(ExchangeKind kind, Endpoint endpoint)
    {
        string protocol = kind == ExchangeKind.Udp ? "UDP" : "TCP";
        return new PlannedExchange(
            Raw(kind, endpoint.Address, endpoint.Port), Branches.OfEndpoint(run, endpoint, protocol));
    }

    private PlannedExchange ToUrl(HttpTarget target)
    {
        ushort port = target.Port ?? HttpPort;
        if (IPv4Address.TryParse(target.Host, out IPv4Address address))
        {
            return new PlannedExchange(Http(target, target.Host, port),
            Branches.OfEndpoint(run, new Endpoint(address, port), "TCP"));
        }

        if (source is not ExternalSource)
        {
            return new PlannedExchange(Http(target, target.Host, port),
            Branches.OfName(run, source, target.Host, port));
        }

        if (!IngressHosts().Any(h => IsHost(h, target.Host)))
        {
            throw new RefusedException($"http://{target.Host}: from outside only hosts of an Ingress have names; there "
            + "are "
                + $"{SourceFinder.Some(IngressHosts().Where(h => h.Length > 0).Distinct())}. Write an address, or ask "
                + "from a pod.");
        }

        ServiceView controller = run.Objects.Find(
            ResourceTypes.Services, new ObjectKey(Addons.IngressNamespace, Addons.IngressService)) is ApiObject found
            ? ServiceView.Of(found)
            : throw new RefusedException($"http://{target.Host}: there is no ingress controller; set "
                + "addons.ingressController: true.");
        ServicePort http = controller.Ports[0];
        IPv4Address node = ViaNode().Address.Address;
        return new PlannedExchange(
            Http(target, node.ToString(), target.Port ?? (ushort)http.NodePort) with { HostHeader = target.Host },
            BackendBranches(target) ?? Branches.Of(run, controller, http, ViaNode().Name));
    }

    /// <summary>The endpoints behind the Ingress: those of the Service that the controller proxies to; null without a
    /// rule.</summary>
    private IReadOnlyList<TraceBranch>? BackendBranches(HttpTarget target)
    {
        var router = new IngressRouter(run.Objects.All(ResourceTypes.Ingresses).Select(IngressView.Of));
        if (router.Find(target.Host, target.Path) is not IngressRoute route
            || run.Objects.Find(
                ResourceTypes.Services,
                new ObjectKey(route.Namespace, route.Backend.ServiceName)) is not ApiObject found)
        {
            return null;
        }

        ServiceView service = ServiceView.Of(found);
        ServicePort? port = service.Ports.FirstOrDefault(p => route.Backend.PortName.Length > 0
            ? p.Name == route.Backend.PortName : p.Port == route.Backend.PortNumber);
        return port is null ? null : Branches.Of(run, service, port, null);
    }

    private NodeSpec ViaNode() => via is null
        ? run.Cluster.Spec.Nodes[0]
        : run.Cluster.Spec.Nodes.FirstOrDefault(n => n.Name == via) ?? throw new RefusedException(
            $"--via: node {via} does not exist; nodes are {SourceFinder.Some(run.Cluster.Nodes.Keys)}.");

    private IEnumerable<string> ServiceNames() =>
        run.Objects.All(ResourceTypes.Services).Select(s => s.Key.ToString());

    private IEnumerable<string> IngressHosts() =>
        run.Objects.All(ResourceTypes.Ingresses).SelectMany(i => IngressView.Of(i).Paths).Select(p => p.Host);

    /// <summary>Source: the Ingress API: <c>*.</c> stands for exactly one label; no host is every host.</summary>
    private static bool IsHost(string rule, string host) => rule.Length == 0
        || string.Equals(rule, host, StringComparison.OrdinalIgnoreCase)
        || (rule.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.') is int dot and > 0
            && string.Equals(rule[1..], host[dot..], StringComparison.OrdinalIgnoreCase));

    private static ExchangeRequest Http(HttpTarget target, string host, ushort port) =>
        new() { Kind = ExchangeKind.Http, Host = host, Port = port, Path = target.Path };

    private static ExchangeRequest Raw(ExchangeKind kind, IPv4Address address, ushort port) =>
        new() { Kind = kind, Host = address.ToString(), Port = port };

    private static ExchangeKind KindOf(string protocol) => protocol switch
    {
        "TCP" => ExchangeKind.Tcp,
        "UDP" => ExchangeKind.Udp,
        _ => throw new RefusedException($"{protocol} is not modelled; choose a TCP or UDP port."),
    };
}
