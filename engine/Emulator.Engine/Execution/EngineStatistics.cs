using Emulator.Core.Time;

namespace Emulator.Engine.Execution;

/// <summary>What a run has cost so far.</summary>
/// <param name="Events">Messages delivered.</param>
/// <param name="Windows">Windows run.</param>
/// <param name="VirtualTime">How far virtual time has come.</param>
/// <param name="WallTime">Wall time spent running.</param>
/// <param name="EventsByShard">Messages delivered by each shard.</param>
public sealed record EngineStatistics(
    long Events, long Windows, SimTime VirtualTime, TimeSpan WallTime, IReadOnlyList<long> EventsByShard);
