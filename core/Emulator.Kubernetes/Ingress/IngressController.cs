using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Ingress;

/// <summary>The ingress controller, which runs in a scheduled pod: an HTTP reverse proxy by the rules of all Ingresses
/// of its classes.</summary>
/// <remarks>
/// Source: ingress-nginx, with these differences. It proxies to the Service's ClusterIP, so that kube-proxy chooses the
/// endpoint; ingress-nginx goes to endpoints itself. Each request has a connection of its own to its Service. Answers:
/// 404 where no rule takes the request, 503 where the Service is missing, has no ClusterIP or refuses, 504 after a
/// timeout, 502 for a reply that breaks off or is no HTTP. Left out: TLS, WebSocket, rewriting annotations, the
/// Ingresses' status.
/// </remarks>
/// <param name="MachineRoot">The root of the machine that it runs on.</param>
/// <param name="ApiServer">The API server.</param>
public sealed record IngressController(ActorRef MachineRoot, ActorRef ApiServer) : Program
{
    /// <summary>Where it listens. Default 80.</summary>
    public ushort Port { get; init; } = 80;

    /// <summary>The <c>spec.controller</c> of its IngressClasses.</summary>
    public string ControllerName { get; init; } = "k8s.io/ingress-nginx";

    /// <summary>How long a Service may take to accept a connection (<c>proxy-connect-timeout</c>). Default 5
    /// s.</summary>
    public SimDuration ConnectTimeout { get; init; } = SimDuration.FromSeconds(5);

    /// <summary>How long a Service may take to answer (<c>proxy-read-timeout</c>). Default 60 s.</summary>
    public SimDuration ReadTimeout { get; init; } = SimDuration.FromSeconds(60);

    /// <inheritdoc/>
    public override string Name => "ingress-controller";

    /// <inheritdoc/>
    public override Process Start() => new IngressControllerProcess(this);
}
