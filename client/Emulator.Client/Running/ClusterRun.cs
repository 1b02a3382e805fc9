using Emulator.Cluster.Building;
using Emulator.Cluster.Manifests;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;
using Emulator.Engine.Execution;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Underlay;

namespace Emulator.Client.Running;

/// <summary>A cluster in an engine.</summary>
internal sealed class ClusterRun : IDisposable
{
    private readonly WriteWatch _writes = new();

    /// <summary>Puts a built cluster into an engine.</summary>
    public ClusterRun(
        ClusterInput input, BuiltCluster cluster, ulong seed, int shards, IReadOnlyList<IJournalProjection> projections,
        ClockMode? clock = null)
    {
        Input = input;
        Cluster = cluster;
        Engine = new InProcessEngine(new EngineOptions
        {
            Seed = seed,
            Shards = shards,
            Threads = Math.Min(shards, Environment.ProcessorCount),
            Clock = clock ?? ClockMode.Virtual,
            Projections = [_writes, Ledger, .. projections],
        });
        foreach (ClusterMachine machine in cluster.Machines)
        {
            Engine.Add(machine.Machine, machine.Root, machine.Others);
        }

        foreach (Wire wire in cluster.Topology.Wires)
        {
            Engine.DeclareWire(wire.Sender.Machine, wire.Receiver.Machine, wire.Options.LatencyNanoseconds);
        }
    }

    /// <summary>What the cluster was built from.</summary>
    public ClusterInput Input { get; }

    /// <summary>The cluster.</summary>
    public BuiltCluster Cluster { get; }

    /// <summary>The engine.</summary>
    public InProcessEngine Engine { get; }

    /// <summary>What became of the packets.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>The instant of the last write that says something about the cluster's shape.</summary>
    public SimTime LastWrite => new(_writes.LastWriteNanoseconds);

    /// <summary>The digest as text.</summary>
    public string Digest => Engine.Digest.ToString("x16");

    /// <summary>All pods, by namespace and name.</summary>
    public IEnumerable<PodView> Pods => Cluster.ApiServer.All(ResourceTypes.Pods).Select(PodView.Of);

    /// <summary>The actor of a pod's network namespace.</summary>
    /// <exception cref="RefusedException">It has not started.</exception>
    public ActorRef NamespaceOf(PodView pod)
    {
        if (Cluster.Nodes.TryGetValue(pod.NodeName, out ActorRef? node))
        {
            if (pod.HostNetwork)
            {
                return node;
            }

            if (Engine.FindActor(node.Machine, $"pod/{pod.Namespace}/{pod.Name}") is Actor actor)
            {
                return actor.Self;
            }
        }

        throw new RefusedException($"pod {pod.Namespace}/{pod.Name} does not run ({pod.Phase}"
            + $"{(pod.NodeName.Length == 0 ? ", on no node" : $", on {pod.NodeName}")}); choose another.");
    }

    /// <inheritdoc/>
    public void Dispose() => Engine.Dispose();
}
