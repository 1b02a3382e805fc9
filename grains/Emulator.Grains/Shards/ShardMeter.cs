using System.Diagnostics;
using Emulator.Engine.Distribution;
using Emulator.Engine.Telemetry;
using Emulator.Grains.Runs;

namespace Emulator.Grains.Shards;

/// <summary>Counts what this silo's shards do.</summary>
public sealed class ShardMeter(EngineMeter meter, SiloRuns runs)
{
    /// <summary>A shard was seated.</summary>
    /// <param name="description">The run.</param>
    /// <param name="shard">Which shard.</param>
    /// <param name="lookaheadNanoseconds">The run's longest window, or <see cref="long.MaxValue"/> with one
    /// shard.</param>
    public void Seated(RunDescription description, int shard, long lookaheadNanoseconds)
    {
        meter.RunningShards.Record(runs.ShardCount);
        if (lookaheadNanoseconds != long.MaxValue)
        {
            meter.Lookahead.Record(lookaheadNanoseconds / 1e9);
        }

        if (shard == 0 && description.Epoch > 1)
        {
            meter.Recoveries.Add(1); // Counted once a run and try, where shard 0 sits.
        }
    }

    /// <summary>A shard was let go.</summary>
    public void Closed() => meter.RunningShards.Record(runs.ShardCount);

    /// <summary>A window was run.</summary>
    /// <param name="order">What was ordered.</param>
    /// <param name="before">The report before it.</param>
    /// <param name="after">Its report.</param>
    /// <param name="sent">The batches that it produced.</param>
    /// <param name="started">When it began, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="waited">How long the shard had waited for the order.</param>
    public void Ran(
        WindowOrder order, WindowReport before, WindowReport after, IReadOnlyList<OutgoingBatch> sent, long started,
        TimeSpan waited)
    {
        meter.Windows.Add(1);
        meter.WindowDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        meter.BarrierWait.Record(waited.TotalSeconds);
        meter.EventsDelivered.Add(after.Events - before.Events);
        meter.WindowEvents.Record(after.Events - before.Events);
        meter.GrainCalls.Add(after.GrainCalls - before.GrainCalls);
        meter.VirtualTime.Record(order.End / 1e9);
        foreach (OutgoingBatch batch in sent)
        {
            meter.BatchesSent.Add(1);
            meter.MessagesSent.Add(batch.Ticket.Events);
            meter.BytesSent.Add(batch.Bytes.Length);
        }
    }
}
