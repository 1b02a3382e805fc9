using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>A mark on a node that keeps pods away.</summary>
/// <param name="Key">What it is about.</param>
/// <param name="Value">Which; may be empty.</param>
/// <param name="Effect"><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</param>
/// <param name="TimeAdded">Since when, for <c>NoExecute</c>; null when missing.</param>
public sealed record Taint(string Key, string Value, string Effect, string? TimeAdded);

/// <summary>A node, read. Made once per version with <see cref="Of"/> and kept with the object.</summary>
public sealed class NodeView
{
    private NodeView(ApiObject @object)
    {
        Object = @object;
        PodCidr = Cidr.TryParse(@object.Spec.Find("podCIDR")?.AsString, out Cidr cidr) ? cidr : null;
        Taints = [.. (@object.Spec.Find("taints")?.Items ?? []).Select(t => new Taint(
            t["key"]?.AsString ?? "", t["value"]?.AsString ?? "", t["effect"]?.AsString ?? "",
            t["timeAdded"]?.AsString))];
        Allocatable = ResourceList.From(@object.Status.Find("allocatable") ?? @object.Status.Find("capacity"));
    }

    /// <summary>The object.</summary>
    public ApiObject Object { get; }

    /// <summary>The name.</summary>
    public string Name => Object.Name;

    /// <summary>The addresses of its pods; null until given out.</summary>
    public Cidr? PodCidr { get; }

    /// <summary>Whether it takes no new pods (<c>kubectl cordon</c>).</summary>
    public bool IsUnschedulable => Object.Spec.Find("unschedulable")?.AsBool ?? false;

    /// <summary>Its taints.</summary>
    public IReadOnlyList<Taint> Taints { get; }

    /// <summary>What pods may use: <c>status.allocatable</c>, or the capacity where that is missing.</summary>
    public ResourceList Allocatable { get; }

    /// <summary>What it has.</summary>
    public ResourceList Capacity => ResourceList.From(Object.Status.Find("capacity"));

    /// <summary>Its <c>InternalIP</c>, or null.</summary>
    public IPv4Address? InternalIP
    {
        get
        {
            foreach (JsonValue address in Object.Status.Find("addresses")?.Items ?? [])
            {
                if (address["type"]?.AsString == "InternalIP"
                    && IPv4Address.TryParse(address["address"]?.AsString, out IPv4Address ip))
                {
                    return ip;
                }
            }

            return null;
        }
    }

    /// <summary>Its <c>Ready</c> condition, or null.</summary>
    public Condition? Ready => Condition.Find(Object.Status, "Ready");

    /// <summary>The zone's label; empty when missing.</summary>
    public string Zone => Object.Labels["topology.kubernetes.io/zone"] ?? "";

    /// <summary>A condition of its status, or null.</summary>
    public Condition? FindCondition(string type) => Condition.Find(Object.Status, type);

    /// <summary>The view of a node.</summary>
    public static NodeView Of(ApiObject node) => node.View(static n => new NodeView(n));
}
