using Emulator.Core.Actors;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Telemetry;
using Emulator.Linux.Processes;

namespace Emulator.Client.Running;

/// <summary>Makes single exchanges in a settled cluster and waits for their end.</summary>
internal sealed class ExchangeRunner(ClusterRun run, ExchangeRecorder recorder)
{
    /// <summary>How long nothing of an exchange may have been seen after its end: by then its connection is
    /// closed.</summary>
    public static readonly SimDuration Linger = SimDuration.FromSeconds(1);

    /// <summary>How long an exchange and its lingering may take at most.</summary>
    public static readonly SimDuration Limit = SimDuration.FromSeconds(60);

    private int _made;

    /// <summary>Makes an exchange.</summary>
    /// <param name="from">The network namespace that it starts in.</param>
    /// <param name="request">What it is.</param>
    /// <param name="timeToLive">The client's TTL; null for the system's.</param>
    public TraceRecorder Make(ActorRef from, ExchangeRequest request, byte? timeToLive = null)
    {
        ulong flow = StableHash.Of($"trace-{++_made}");
        TraceRecorder recorded = recorder.Record(flow);
        run.Engine.Inject(from, new RunExchange(request with { Flow = flow, TimeToLive = timeToLive ?? 0 }));
        run.Engine.RunWhile(
            () => !recorded.HasEnded || run.Engine.Now - new SimTime(recorder.LastEntryNanoseconds) < Linger,
            run.Engine.Now + Limit,
            () => new SimTime(recorder.LastEntryNanoseconds) + Linger);
        return recorded;
    }
}
