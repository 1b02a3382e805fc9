using Emulator.Core.Randomness;

namespace Emulator.Core.Actors;

/// <summary>
/// A machine: the unit of locality. A node with its bridge, pods, kube-proxy, kubelet and cgroups; the control plane;
/// an
/// external host; a switch. Everything inside may talk without delay; between machines there is always a wire.
/// </summary>
/// <remarks>Shards are sets of whole machines, chosen by zone and name alone.</remarks>
public sealed class MachineRef(string name, string zone)
{
    /// <summary>The machine's name, unique in the run, such as <c>node-1</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The zone that it stands in; the outside has the zone <c>external</c>.</summary>
    public string Zone { get; } = zone;

    /// <summary>A stable hash of the name: the order in which machines' digests are combined.</summary>
    public ulong Id { get; } = StableHash.Of(name);

    /// <summary>The engine's bookkeeping for this machine in this process; null until the run is built.</summary>
    internal object? EngineSlot { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
