using Emulator.Engine.Clocks;
using Emulator.Engine.Inputs;

namespace Emulator.Engine.Execution;

/// <summary>What a run is started with.</summary>
public sealed record EngineOptions
{
    /// <summary>The run's seed. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// How many shards the machines are spread over, 1 to 1,024. Default 1. Nothing observable depends on it.
    /// </summary>
    public int Shards { get; init; } = 1;

    /// <summary>How many threads run shards, 1 to 1,024; more than shards are not started. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How virtual time follows wall time. Default: as fast as it can.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Virtual;

    /// <summary>Who reads the journal.</summary>
    public IReadOnlyList<IJournalProjection> Projections { get; init; } = [];

    /// <summary>Where inputs are recorded; null keeps no record.</summary>
    public InputLog? InputLog { get; init; }
}
