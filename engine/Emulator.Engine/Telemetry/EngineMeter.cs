using System.Diagnostics.Metrics;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Telemetry;

/// <summary>
/// Every instrument of the engine, in one place: what a run does, in wall time and in virtual time. Whoever measures
/// writes to these; whoever exports (OTLP, Prometheus) listens to the meter by its name.
/// </summary>
/// <remarks>
/// Prometheus shows <c>emulator.packets.dropped</c> as <c>emulator_packets_dropped_total{reason="…"}</c>: dots become
/// underscores, the unit and <c>_total</c> are appended. Without a listener an instrument costs next to nothing.
/// </remarks>
public sealed class EngineMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Emulator";

    /// <summary>The label of <see cref="PacketsDropped"/>: the drop reason's name.</summary>
    public const string ReasonLabel = "reason";

    // Windows take microseconds when they are near empty and seconds when they are full or a silo is slow.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries =
            [0.000_01, 0.000_03, 0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    };

    private static readonly InstrumentAdvice<long> Events = new()
    {
        HistogramBucketBoundaries =
            [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
    };

    private readonly Meter _meter = new(Name);
    private readonly List<Counter<long>> _counters = [];

    /// <summary>The instruments, unheard until somebody listens.</summary>
    public EngineMeter()
    {
        EventsDelivered = Counter("emulator.events.delivered", "{event}", "Messages delivered to actors.");
        Windows = Counter("emulator.windows", "{window}", "Windows of virtual time that were run.");
        WindowDuration = _meter.CreateHistogram(
            "emulator.window.duration", "s", "Wall time of a window.", null, Seconds);
        BarrierWait = _meter.CreateHistogram(
            "emulator.barrier.wait", "s", "Wall time that a shard waited at the end of a window for the others.",
            null, Seconds);
        WindowEvents = _meter.CreateHistogram(
            "emulator.window.events", "{event}", "Messages delivered in a window.", null, Events);
        Lookahead = _meter.CreateGauge<double>(
            "emulator.lookahead", "s", "Longest window: the least latency between shards, in virtual time.");
        VirtualTime = _meter.CreateGauge<double>("emulator.virtual_time", "s", "How far virtual time has come.");
        RunningShards = _meter.CreateGauge<long>("emulator.shards.running", "{shard}", "Shards that run here.");
        Recoveries = Counter("emulator.recoveries", "{recovery}", "Times that a run began again from its input log.");
        BatchesSent = Counter("emulator.silo.batches.sent", "{batch}", "Batches of messages sent to other silos.");
        MessagesSent = Counter("emulator.silo.messages.sent", "{message}", "Actors' messages sent to other silos.");
        BytesSent = Counter(
            "emulator.silo.sent", "By", "Bytes of the notices sent to other silos, batches in them, encoded.");
        GrainCalls = Counter("emulator.grain.calls", "{call}", "Calls of actors' grains.");
        PacketsOriginated = Counter("emulator.packets.originated", "{packet}", "Packets that came into the world.");
        PacketsDelivered = Counter("emulator.packets.delivered", "{packet}", "Packets that reached their socket.");
        PacketsDropped = _meter.CreateCounter<long>(
            "emulator.packets.dropped", "{packet}", "Packets that ended undelivered, by reason.");
        JournalEntries = Counter("emulator.journal.entries", "{entry}", "Entries of the journal.");
    }

    /// <summary>Messages delivered to actors.</summary>
    public Counter<long> EventsDelivered { get; }

    /// <summary>Windows run.</summary>
    public Counter<long> Windows { get; }

    /// <summary>Wall time of a window, seconds.</summary>
    public Histogram<double> WindowDuration { get; }

    /// <summary>Wall time that a shard waited at a window's end for the others, seconds.</summary>
    public Histogram<double> BarrierWait { get; }

    /// <summary>Messages delivered in a window.</summary>
    public Histogram<long> WindowEvents { get; }

    /// <summary>
    /// The least latency between shards, seconds of virtual time; not recorded where one shard runs alone.
    /// </summary>
    public Gauge<double> Lookahead { get; }

    /// <summary>How far virtual time has come, seconds.</summary>
    public Gauge<double> VirtualTime { get; }

    /// <summary>Shards that run in this process.</summary>
    public Gauge<long> RunningShards { get; }

    /// <summary>Times that a run began again from its input log because a silo was lost.</summary>
    public Counter<long> Recoveries { get; }

    /// <summary>Batches sent to other silos.</summary>
    public Counter<long> BatchesSent { get; }

    /// <summary>Actors' messages in those batches.</summary>
    public Counter<long> MessagesSent { get; }

    /// <summary>Bytes of the notices that hold those batches, encoded.</summary>
    public Counter<long> BytesSent { get; }

    /// <summary>Calls of actors' grains.</summary>
    public Counter<long> GrainCalls { get; }

    /// <summary>Packets that came into the world. <see cref="MeterProjection"/> counts them.</summary>
    public Counter<long> PacketsOriginated { get; }

    /// <summary>Packets that reached their socket. <see cref="MeterProjection"/> counts them.</summary>
    public Counter<long> PacketsDelivered { get; }

    /// <summary>
    /// Packets that ended undelivered, labelled <see cref="ReasonLabel"/>. <see cref="MeterProjection"/> counts them.
    /// </summary>
    public Counter<long> PacketsDropped { get; }

    /// <summary>Entries of the journal. <see cref="MeterProjection"/> counts them.</summary>
    public Counter<long> JournalEntries { get; }

    /// <summary>
    /// Shows every counter without a label at zero, so that a rate has a beginning. Call it once somebody listens.
    /// </summary>
    public void ShowZeros()
    {
        foreach (Counter<long> counter in _counters)
        {
            counter.Add(0);
        }

        RunningShards.Record(0);
        VirtualTime.Record(0);
    }

    /// <summary>Records a whole run of an engine that does not measure each window; call it at the run's end.</summary>
    /// <param name="statistics">What it has cost. Each window is recorded as the mean of them.</param>
    public void RecordRun(EngineStatistics statistics)
    {
        EventsDelivered.Add(statistics.Events);
        Windows.Add(statistics.Windows);
        VirtualTime.Record(statistics.VirtualTime.Nanoseconds / 1e9);
        if (!WindowDuration.Enabled && !WindowEvents.Enabled)
        {
            return;
        }

        for (long i = 0; i < statistics.Windows; i++)
        {
            WindowDuration.Record(statistics.WallTime.TotalSeconds / statistics.Windows);
            WindowEvents.Record(statistics.Events / statistics.Windows);
        }
    }

    /// <summary>Ends the instruments.</summary>
    public void Dispose() => _meter.Dispose();

    private Counter<long> Counter(string name, string unit, string description)
    {
        Counter<long> counter = _meter.CreateCounter<long>(name, unit, description);
        _counters.Add(counter);
        return counter;
    }
}
