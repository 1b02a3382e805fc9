using Emulator.Client.Requests;
using Emulator.Client.Silos;
using Emulator.Cluster.Building;
using Emulator.Cluster.Manifests;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;
using Emulator.Engine.Execution;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;

namespace Emulator.Client.Running;

/// <summary>A cluster in an engine.</summary>
internal sealed class ClusterRun : IDisposable
{
    private readonly WriteWatch _writes = new();

    /// <summary>Puts a built cluster into an engine.</summary>
    /// <param name="loaded">What it is built from.</param>
    /// <param name="seed">The seed of all dice.</param>
    /// <param name="engine">Where it runs.</param>
    /// <param name="projections">Who reads the journal.</param>
    /// <param name="streams">Told what a person should know of silos.</param>
    /// <param name="clock">How virtual time runs; null for as fast as it can.</param>
    public ClusterRun(
        LoadedInput loaded, ulong seed, EngineRequest engine, IReadOnlyList<IJournalProjection> projections,
        Streams streams, ClockMode? clock = null)
    {
        Input = loaded.Input;
        Cluster = loaded.Cluster;
        int shards = engine.Shards ?? (engine.Silo is null ? 1 : ZonesOf(Cluster));
        var options = new EngineOptions
        {
            Seed = seed,
            Shards = shards,
            Threads = Math.Min(shards, Environment.ProcessorCount),
            Clock = clock ?? ClockMode.Virtual,
            Projections = [_writes, Ledger, .. projections],
        };
        if (engine.Silo is null)
        {
            Engine = new InProcessEngine(options);
            Objects = Cluster.ApiServer;
        }
        else
        {
            (Engine, Objects) = SiloEngines.Connect(loaded, options, engine, streams);
        }

        Cluster.AddTo(Engine.Add, Engine.DeclareWire);
    }

    /// <summary>What the cluster was built from.</summary>
    public ClusterInput Input { get; }

    /// <summary>The cluster.</summary>
    public BuiltCluster Cluster { get; }

    /// <summary>The engine.</summary>
    public RunEngine Engine { get; }

    /// <summary>The API server's objects; read them only while the run stands still.</summary>
    public IObjectReader Objects { get; }

    /// <summary>What became of the packets.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>The instant of the last write that says something about the cluster's shape.</summary>
    public SimTime LastWrite => new(_writes.LastWriteNanoseconds);

    /// <summary>The digest as text.</summary>
    public string Digest => Engine.Digest.ToString("x16");

    /// <summary>All pods, by namespace and name.</summary>
    public IEnumerable<PodView> Pods => Objects.All(ResourceTypes.Pods).Select(PodView.Of);

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

            if (Engine.FindActorRef(node.Machine, $"pod/{pod.Namespace}/{pod.Name}") is ActorRef actor)
            {
                return actor;
            }
        }

        throw new RefusedException($"pod {pod.Namespace}/{pod.Name} does not run ({pod.Phase}"
            + $"{(pod.NodeName.Length == 0 ? ", on no node" : $", on {pod.NodeName}")}); choose another.");
    }

    /// <inheritdoc/>
    public void Dispose() => Engine.Dispose();

    private static int ZonesOf(BuiltCluster cluster) =>
        cluster.Machines.Select(m => m.Machine.Zone).Distinct(StringComparer.Ordinal).Count();
}
