using Emulator.Core.Randomness;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>What is exported of the journal as spans, and how much waits.</summary>
public sealed record OtlpOptions
{
    /// <summary>Tells runs apart: all ids are derived from it, so that two runs do not merge in one store.</summary>
    public required string RunId { get; init; }

    /// <summary>The run's seed: it picks the sampled traces.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What virtual time 0 is, in nanoseconds since 1970; fixed when the run starts.</summary>
    public required long EpochNanoseconds { get; init; }

    /// <summary>The value of <c>k8s.cluster.name</c>.</summary>
    public string ClusterName { get; init; } = "emulator";

    /// <summary>The share of traces that is exported. Default: all.</summary>
    public Ratio Sampling { get; init; } = Ratio.One;

    /// <summary>
    /// How many spans one trace may have; 0 means without limit. Default 500. Hops beyond it are counted and left out;
    /// hops that drop a packet, with their packet's span, are kept. So are the two ends.
    /// </summary>
    public int SpanBudget { get; init; } = 500;

    /// <summary>Whether hooks, rules, routes and look-ups become events of their hops. Default: no.</summary>
    public bool Detail { get; init; }

    /// <summary>Spans in one request. Default 512.</summary>
    public int BatchSpans { get; init; } = 512;

    /// <summary>Requests that wait for the collector; when so many wait, virtual time waits. Default 8.</summary>
    public int WaitingBatchesMax { get; init; } = 8;

    /// <summary>After how long a batch that is not full is sent, in milliseconds of wall time. Default 1,000.</summary>
    public int BatchDelayMilliseconds { get; init; } = 1_000;

    /// <summary>How often a request is tried before the run stops with an error. Default 8, with pauses up to 8
    /// s.</summary>
    public int AttemptsMax { get; init; } = 8;

    /// <summary>The pause after the first failed attempt, in milliseconds; it doubles each time. Default 125.</summary>
    public int RetryDelayMilliseconds { get; init; } = 125;

    /// <summary>How long one attempt may take, in milliseconds. Default 60,000.</summary>
    public int AttemptTimeoutMilliseconds { get; init; } = 60_000;
}
