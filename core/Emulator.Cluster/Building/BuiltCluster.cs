using Emulator.Cluster.Spec;
using Emulator.Core.Actors;
using Emulator.Kubernetes.ApiServer;
using Emulator.Underlay;

namespace Emulator.Cluster.Building;

/// <summary>A cluster that is built and has not started: what an engine needs, and where to find what.</summary>
public sealed record BuiltCluster
{
    /// <summary>What it was built from.</summary>
    public required ClusterSpec Spec { get; init; }

    /// <summary>The machines, in the order: switches, control plane, nodes, external hosts.</summary>
    public required IReadOnlyList<ClusterMachine> Machines { get; init; }

    /// <summary>The links between them.</summary>
    public required Topology Topology { get; init; }

    /// <summary>The API server: read it only while the run stands still.</summary>
    public required KubeApiServer ApiServer { get; init; }

    /// <summary>The roots of nodes, by name.</summary>
    public required IReadOnlyDictionary<string, ActorRef> Nodes { get; init; }

    /// <summary>The roots of external hosts, by name.</summary>
    public required IReadOnlyDictionary<string, ActorRef> ExternalHosts { get; init; }

    /// <summary>Puts the cluster into an engine that has not started: all machines first, then all wires.</summary>
    /// <param name="add">Takes a machine with its root and its other actors.</param>
    /// <param name="declare">Takes a wire's ends and its least latency in nanoseconds.</param>
    public void AddTo(Action<MachineRef, Actor, IEnumerable<Actor>> add, Action<MachineRef, MachineRef, long> declare)
    {
        foreach (ClusterMachine machine in Machines)
        {
            add(machine.Machine, machine.Root, machine.Others);
        }

        foreach (Wire wire in Topology.Wires)
        {
            declare(wire.Sender.Machine, wire.Receiver.Machine, wire.LeastLatencyNanoseconds);
        }
    }
}
