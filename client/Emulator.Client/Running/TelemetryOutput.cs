using Emulator.Core.Randomness;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry;
using Emulator.Engine.Telemetry.Otlp;

namespace Emulator.Client.Running;

/// <summary>Where spans and metrics go: a collector, or nowhere.</summary>
internal sealed class TelemetryOutput : IDisposable
{
    private readonly OtlpCollector? _collector;
    private readonly JournalSpans? _spans;
    private readonly EngineMeter? _meter;
    private readonly MeterProjection? _metered;
    private readonly ProgramTelemetry? _program;

    /// <summary>An export to a collector; null for none.</summary>
    /// <param name="collector">Its address.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="spanBudget">How many spans one trace may have; 0 without limit.</param>
    /// <param name="sampling">The chance that a trace is exported; null for always.</param>
    public TelemetryOutput(Uri? collector, ulong seed, string clusterName, int spanBudget, Ratio? sampling = null)
    {
        if (collector is null)
        {
            return;
        }

        OtlpEndpoint endpoint = OtlpEndpoint.Parse(collector.OriginalString);
        var options = new OtlpOptions
        {
            // The start tells runs apart in one store; the model never sees it.
            RunId = StableHash.Combine((ulong)Epoch.Nanoseconds, seed).ToString("x16"),
            Seed = seed,
            EpochNanoseconds = Epoch.Nanoseconds,
            ClusterName = clusterName,
            SpanBudget = spanBudget,
            Sampling = sampling ?? Ratio.One,
        };
        _collector = new OtlpCollector(endpoint, options);
        _spans = new JournalSpans(options, _collector);
        _meter = new EngineMeter();
        _metered = new MeterProjection(_meter);
        _program = new ProgramTelemetry(endpoint, options.RunId);
    }

    /// <summary>What reads the journal.</summary>
    public IReadOnlyList<IJournalProjection> Projections =>
        _spans is null || _metered is null ? [] : [_spans, _metered];

    /// <summary>Waits until everything has arrived, and prints what became of the hops.</summary>
    public void Complete(EngineStatistics statistics, TextWriter output)
    {
        _meter?.RecordRun(statistics);
        if (_spans is not null)
        {
            _spans.Complete();
            output.WriteLine(_spans.Counters);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _program?.Dispose(); // Sends what was measured, so before the instruments end.
        _meter?.Dispose();
        _collector?.Dispose();
    }
}
