using Emulator.Cluster.Spec;
using Emulator.Cluster.Traffic;
using Emulator.Core.Addresses;
using Emulator.Core.Randomness;
using Emulator.Engine.Telemetry;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Client.Running;

/// <summary>The endpoints that a Service could choose. kube-proxy gives each the same chance.</summary>
internal static class Branches
{
    /// <summary>The endpoints of a Service's port.</summary>
    /// <param name="run">A settled cluster.</param>
    /// <param name="service">The Service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="node">The node whose node port is used; null for the Service's own address.</param>
    public static IReadOnlyList<TraceBranch> Of(ClusterRun run, ServiceView service, ServicePort port, string? node)
    {
        var endpoints = new SortedSet<Endpoint>();
        foreach (ApiObject found in run.Objects.All(ResourceTypes.EndpointSlices))
        {
            EndpointSliceView slice = EndpointSliceView.Of(found);
            EndpointPort? its = found.Namespace == service.Namespace && slice.ServiceName == service.Name
                ? slice.Ports.FirstOrDefault(p => p.Name == port.Name) : null;
            if (its is null)
            {
                continue;
            }

            bool onlyLocal = node is not null && service.IsExternalPolicyLocal;
            endpoints.UnionWith(slice.Endpoints.Where(e => e.IsReady && (!onlyLocal || e.NodeName == node))
                .Select(e => new Endpoint(e.Address, (ushort)its.Port)));
        }

        return [.. endpoints.Select(e => new TraceBranch(e.ToString(), new Ratio(1, (uint)endpoints.Count)))];
    }

    /// <summary>The endpoints behind an address and port: a Service's address, or a node's with a node port.</summary>
    public static IReadOnlyList<TraceBranch> OfEndpoint(ClusterRun run, Endpoint endpoint, string protocol)
    {
        NodeSpec? node = run.Cluster.Spec.Nodes.FirstOrDefault(n => n.Address.Address == endpoint.Address);
        foreach (ApiObject found in run.Objects.All(ResourceTypes.Services))
        {
            ServiceView service = ServiceView.Of(found);
            ServicePort? port = service.Ports.FirstOrDefault(p => p.Protocol == protocol
                && ((service.ClusterIP == endpoint.Address && p.Port == endpoint.Port)
                    || (node is not null && p.NodePort == endpoint.Port)));
            if (port is not null)
            {
                return Of(run, service, port, service.ClusterIP == endpoint.Address ? null : node?.Name);
            }
        }

        return [];
    }

    /// <summary>The endpoints behind a Service's name as a pod writes it: <c>cart</c>, <c>cart.shop</c>,
    /// <c>cart.shop.svc…</c></summary>
    public static IReadOnlyList<TraceBranch> OfName(ClusterRun run, TrafficSource source, string host, int port)
    {
        string own = source switch
        {
            PodSource pod => pod.Namespace,
            DeploymentSource deployment => deployment.Namespace,
            _ => "default",
        };
        string[] labels = host.TrimEnd('.').Split('.');
        bool isService = labels.Length <= 2 || labels[2] == "svc";
        var key = new ObjectKey(labels.Length > 1 ? labels[1] : own, labels[0]);
        if (!isService || run.Objects.Find(ResourceTypes.Services, key) is not ApiObject found)
        {
            return [];
        }

        ServiceView service = ServiceView.Of(found);
        ServicePort? its = service.Ports.FirstOrDefault(p => p.Port == port && p.Protocol == "TCP");
        return its is null ? [] : Of(run, service, its, null);
    }
}
