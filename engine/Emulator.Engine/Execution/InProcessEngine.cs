using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>Runs actors in this process: shards driven by threads.</summary>
public sealed class InProcessEngine(EngineOptions options) : RunEngine(options)
{
    private readonly EngineOptions _options = options;
    private ShardSet? _shards;

    /// <summary>The living actor of that name on a machine, or null; call while the run stands still.</summary>
    public Actor? FindActor(MachineRef machine, string name) => _shards?.FindLiving(machine, name);

    /// <inheritdoc/>
    private protected override IShards MakeShards(ShardMap map) => _shards = new ShardSet(_options, Plan, map);
}
