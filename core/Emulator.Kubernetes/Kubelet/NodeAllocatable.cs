using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>What a node keeps for itself, and what is left for pods.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/cm/node_container_manager_linux.go.</remarks>
/// <param name="KubeReserved">kubeReserved: for kubelet and container runtime.</param>
/// <param name="SystemReserved">systemReserved: for the operating system.</param>
/// <param name="HardEviction">Amounts at which pods are evicted (<c>memory</c>, <c>ephemeral-storage</c>).</param>
public sealed record NodeAllocatable(ResourceList KubeReserved, ResourceList SystemReserved, ResourceList HardEviction)
{
    /// <summary>Nothing but 100Mi of memory, the kubelet's default eviction threshold.</summary>
    public static readonly NodeAllocatable Default = new(
        ResourceList.Empty, ResourceList.Empty,
        ResourceList.Of([KeyValuePair.Create("memory", Quantity.Parse("100Mi"))]));

    /// <summary>What the scheduler must not count on; zero amounts are left out.</summary>
    public ResourceList Reservation() => ResourceList.Of(Sum(KubeReserved, SystemReserved, HardEviction));

    /// <summary>status.allocatable: the capacity without the reservation, never less than nothing.</summary>
    public ResourceList ForScheduling(ResourceList capacity) => Without(capacity, Reservation());

    /// <summary>The limit of the kubepods cgroup: the capacity without what is reserved, which eviction is
    /// not.</summary>
    public ResourceList ForEnforcement(ResourceList capacity) =>
        Without(capacity, ResourceList.Of(Sum(KubeReserved, SystemReserved)));

    /// <summary>The resource of which more is reserved than there is, or null.</summary>
    public string? Overbooked(ResourceList capacity)
    {
        foreach ((string name, Quantity amount) in Reservation().Amounts)
        {
            if (capacity.TryGet(name, out Quantity has) && amount > has)
            {
                return name;
            }
        }

        return null;
    }

    private static ResourceList Without(ResourceList capacity, ResourceList reserved) => ResourceList.Of(
        capacity.Amounts.Select(a => KeyValuePair.Create(
            a.Key, a.Value < reserved[a.Key] ? Quantity.Zero : a.Value - reserved[a.Key])));

    private static IEnumerable<KeyValuePair<string, Quantity>> Sum(params ResourceList[] lists)
    {
        var total = new SortedDictionary<string, Quantity>(StringComparer.Ordinal);
        foreach ((string name, Quantity amount) in lists.SelectMany(l => l.Amounts).Where(a => !a.Value.IsZero))
        {
            total[name] = total.GetValueOrDefault(name) + amount;
        }

        return total;
    }
}
