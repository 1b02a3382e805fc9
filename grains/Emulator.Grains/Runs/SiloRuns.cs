using System.Collections.ObjectModel;
using System.Diagnostics;
using Emulator.Cluster.Building;
using Emulator.Cluster.Manifests;
using Emulator.Core.Documents;
using Emulator.Core.Canonical;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;

namespace Emulator.Grains.Runs;

/// <summary>The run that this silo takes part in: at most one at a time. One a silo.</summary>
/// <param name="codec">How messages are written for other silos.</param>
/// <param name="projections">Who reads the journals of this silo's shards: its metrics.</param>
public sealed class SiloRuns(IMessageCodec codec, IEnumerable<IJournalProjection> projections)
{
    /// <summary>How long a run may be silent before another may take its place.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly IJournalProjection[] _projections = [.. projections];
    private HostedRun? _hosted;
    private string _run = "";
    private long _heard;

    /// <summary>How many shards are hosted here.</summary>
    public int ShardCount { get; private set; }

    /// <summary>Hosts a shard of a run. The first shard of an epoch builds the machines.</summary>
    /// <exception cref="EngineException">Another run is under way, or the silo is of another version.</exception>
    public (HostedRun Run, HostedShard Shard) Host(RunDescription description, int shard)
    {
        lock (_gate)
        {
            if (description.Version != RunDescription.ThisVersion)
            {
                throw new EngineException(
                    $"the silo's program is {RunDescription.ThisVersion}, the client's {description.Version}; start "
                    + "both from one build.");
            }

            if (_hosted is null || _run != description.Run || _hosted.Epoch != description.Epoch)
            {
                if (_hosted is not null && _run != description.Run && Stopwatch.GetElapsedTime(_heard) < SilenceMax)
                {
                    throw new EngineException(
                        $"run {_run} is under way on these silos; wait for its end, or for {SilenceMax.TotalSeconds} s "
                        + "after its client has gone.");
                }

                if (_hosted is not null && _run == description.Run && _hosted.Epoch > description.Epoch)
                {
                    throw new EngineException($"epoch {description.Epoch} of run {_run} is over.");
                }

                _hosted = Build(description);
                _run = description.Run;
                ShardCount = 0;
            }

            _heard = Stopwatch.GetTimestamp();
            ShardCount++;
            return (_hosted, _hosted.Host(shard));
        }
    }

    /// <summary>The run was heard of.</summary>
    public void Touch() => _heard = Stopwatch.GetTimestamp();

    /// <summary>An epoch has ended; its machines are let go.</summary>
    public void End(string run, int epoch)
    {
        lock (_gate)
        {
            if (_run == run && _hosted?.Epoch == epoch)
            {
                _hosted = null;
                _run = "";
                ShardCount = 0;
            }
        }
    }

    private HostedRun Build(RunDescription description)
    {
        List<ManifestError> errors = [];
        ManifestDocument[] documents = [.. description.Documents.Select(
            text => new ManifestDocument(JsonText.Parse(text), "-", 1, ReadOnlyDictionary<string, int>.Empty))];
        ClusterInput? input = ClusterInput.From(documents, errors);
        BuiltCluster cluster = (input is null || errors.Count > 0 ? null : ClusterBuilder.Build(input, errors))
            ?? throw new EngineException($"the client's documents do not build here: {string.Join("; ", errors)}");
        var hosted = new HostedRun(
            description.Epoch,
            new EngineOptions { Seed = description.Seed, Shards = description.Shards, Projections = _projections },
            description.Seats,
            codec);
        cluster.AddTo(hosted.Add, hosted.DeclareWire);

        return hosted;
    }
}
