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

    /// <summary>A shard has run its part of a window.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="events">Messages delivered in it.</param>
    /// <param name="grainCalls">Calls made for them.</param>
    /// <param name="started">When it began, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="waited">How long the shard had waited for it.</param>
    public void Ran(HostedShard shard, long events, long grainCalls, long started, TimeSpan waited)
    {
        meter.Windows.Add(1);
        meter.WindowDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        meter.BarrierWait.Record(waited.TotalSeconds);
        meter.EventsDelivered.Add(events);
        meter.WindowEvents.Record(events);
        meter.GrainCalls.Add(grainCalls);
        meter.VirtualTime.Record(shard.WindowEnd / 1e9);
    }

    /// <summary>A shard has told the other silos of a window.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="notices">What they were told.</param>
    public void Told(HostedShard shard, IReadOnlyList<OutgoingNotice> notices)
    {
        foreach (BatchTicket ticket in shard.Tickets)
        {
            if (!shard.IsHere(ticket.To))
            {
                meter.BatchesSent.Add(1);
                meter.MessagesSent.Add(ticket.Events);
            }
        }

        foreach (OutgoingNotice notice in notices)
        {
            meter.BytesSent.Add(notice.Bytes.Length);
        }
    }
}
