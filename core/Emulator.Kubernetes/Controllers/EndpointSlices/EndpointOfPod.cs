using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.EndpointSlices;

/// <summary>What a pod looks like in an endpoint slice.</summary>
/// <remarks>Source: k8s.io/endpointslice (podToEndpoint, ShouldPodBeInEndpoints, FindPort). IPv4 only.</remarks>
public static class EndpointOfPod
{
    /// <summary>Whether a pod belongs into slices at all: it has an address and has not ended for good.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="includeTerminating">Whether pods on their way out count; they do, as terminating.</param>
    public static bool Belongs(ApiObject pod, bool includeTerminating = true)
    {
        PodView view = PodView.Of(pod);
        return view.PodIP is not null && !view.IsTerminal && (includeTerminating || !pod.IsTerminating);
    }

    /// <summary>The endpoint.</summary>
    /// <param name="pod">A pod with an address.</param>
    /// <param name="service">The Service.</param>
    /// <param name="zone">The zone of the pod's node; empty when not known.</param>
    public static JsonObject For(ApiObject pod, ApiObject service, string zone)
    {
        PodView view = PodView.Of(pod);
        ServiceView wanted = ServiceView.Of(service);
        bool serving = view.IsReady;
        bool ready = wanted.PublishNotReadyAddresses || (serving && !pod.IsTerminating);
        JsonObject endpoint = JsonObject.Of(
            ("addresses", new JsonArray([view.PodIP?.ToString() ?? ""])),
            ("conditions", JsonObject.Of(("ready", ready), ("serving", serving), ("terminating", pod.IsTerminating))));
        if (HasHostname(pod, service))
        {
            endpoint = endpoint.With("hostname", view.Hostname);
        }

        if (view.NodeName.Length > 0)
        {
            endpoint = endpoint.With("nodeName", view.NodeName);
        }

        JsonObject target = JsonObject.Of(("kind", "Pod"), ("namespace", pod.Namespace), ("name", pod.Name));
        endpoint = endpoint.With("targetRef", pod.Uid.Length > 0 ? target.With("uid", pod.Uid) : target);
        if (zone.Length > 0)
        {
            endpoint = endpoint.With("zone", zone);
            if (ready && wanted.TrafficDistribution is "PreferClose" or "PreferSameZone")
            {
                endpoint = endpoint.With(
                    "hints", JsonObject.Of(("forZones", new JsonArray([JsonObject.Of(("name", zone))]))));
            }
        }

        return endpoint;
    }

    /// <summary>Whether the pod's host name is published: it has one, and its subdomain is the Service.</summary>
    public static bool HasHostname(ApiObject pod, ApiObject service) =>
        pod.Spec.Find("hostname")?.AsString is { Length: > 0 }
        && pod.Spec.Find("subdomain")?.AsString == service.Name
        && pod.Namespace == service.Namespace;

    /// <summary>The ports of a Service as a pod resolves them; a named port that the pod lacks is left out.</summary>
    public static JsonArray Ports(ApiObject pod, ApiObject service)
    {
        var ports = new List<JsonValue>();
        foreach (ServicePort port in ServiceView.Of(service).Ports)
        {
            if (FindPort(pod, port.TargetPort, port.Protocol) is not int number)
            {
                continue;
            }

            JsonObject json = JsonObject.Of(
                ("name", port.Name), ("port", (long)number), ("protocol", port.Protocol));
            ports.Add(port.AppProtocol is { } application ? json.With("appProtocol", application) : json);
        }

        return new JsonArray(ports);
    }

    /// <summary>A target port in a pod: a number stands for itself, a name for the container port of that name and
    /// protocol.</summary>
    public static int? FindPort(ApiObject pod, JsonValue target, string protocol)
    {
        if (target.AsInt64 is long number)
        {
            return (int)number;
        }

        PodView view = PodView.Of(pod);
        IEnumerable<ContainerView> sidecars = view.InitContainers.Where(c => c.RestartPolicy == "Always");
        foreach (ContainerView container in view.Containers.Concat(sidecars))
        {
            foreach (ContainerPortView port in container.Ports)
            {
                if (port.Name == target.AsString && port.Protocol == protocol)
                {
                    return port.ContainerPort;
                }
            }
        }

        return null;
    }
}
