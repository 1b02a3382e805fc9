using Emulator.Core.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>Runs actors on shards in other processes, which it reaches over a transport.</summary>
/// <remarks>
/// The machines added here are names: their actors never start in this process. Each silo builds its own from the same
/// documents.
/// </remarks>
public sealed class RemoteEngine : RunEngine
{
    private readonly EngineOptions _options;
    private readonly IShardTransport _transport;
    private readonly IMessageCodec _codec;
    private readonly Action<string> _notice;
    private RemoteShards? _shards;

    /// <summary>An engine over a transport.</summary>
    /// <param name="options">As for any engine; projections read here what the silos send.</param>
    /// <param name="transport">How the shards are reached.</param>
    /// <param name="codec">The encoding that the silos use too.</param>
    /// <param name="notice">Told in a sentence what a person should know: a silo that does not answer, a
    /// recovery.</param>
    public RemoteEngine(EngineOptions options, IShardTransport transport, IMessageCodec codec, Action<string> notice)
        : base(options)
    {
        _options = options;
        _transport = transport;
        _codec = codec;
        _notice = notice;
    }

    /// <summary>
    /// How long the shards' answers may stay away before a person is told that the run is halted.
    /// </summary>
    public TimeSpan SilenceAfter { get; init; } = RemoteShards.SilenceMax;

    /// <summary>What going over process borders has cost so far.</summary>
    public RemoteStatistics RemoteStatistics => _shards?.Statistics ?? default;

    /// <summary>
    /// Asks something of the silos while the run stands still, as often as it takes: after a silence again, and when a
    /// silo is lost after all shards have run again.
    /// </summary>
    /// <param name="question">Throws <see cref="TimeoutException"/> and <see cref="ShardLostException"/> as a seat
    /// does.</param>
    public T Ask<T>(Func<Task<T>> question)
    {
        Start();
        return _shards!.Ask(question); // Start made them.
    }

    /// <inheritdoc/>
    private protected override IShards MakeShards(ShardMap map) =>
        _shards = new RemoteShards(_options, Plan, map, _transport, _codec, _notice) { SilenceAfter = SilenceAfter };
}

/// <summary>What going over process borders has cost so far.</summary>
/// <param name="GrainCalls">Messages delivered by calls to actors' grains.</param>
/// <param name="Stretches">How often the shards were ordered to run on by themselves.</param>
/// <param name="Orders">Windows in which single shards had work.</param>
/// <param name="Batches">Batches between shards.</param>
/// <param name="Messages">Messages in them.</param>
/// <param name="Recoveries">How often a silo was lost and all shards ran again.</param>
/// <param name="RecoveryTime">Wall time that took.</param>
/// <param name="BarrierTime">Wall time spent waiting for shards.</param>
public readonly record struct RemoteStatistics(
    long GrainCalls, long Stretches, long Orders, long Batches, long Messages, int Recoveries, TimeSpan RecoveryTime,
    TimeSpan BarrierTime);
