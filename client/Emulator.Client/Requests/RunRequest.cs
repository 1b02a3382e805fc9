using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;

namespace Emulator.Client.Requests;

/// <summary>What <c>emulator run</c> was asked for.</summary>
internal sealed record RunRequest
{
    /// <summary>Files and folders; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>For how long, in virtual time, once the cluster has settled.</summary>
    public required SimDuration For { get; init; }

    /// <summary>The seed of all dice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How virtual time runs.</summary>
    public required ClockMode Clock { get; init; }

    /// <summary>Where it runs.</summary>
    public required EngineRequest Engine { get; init; }

    /// <summary>Where spans go, or null.</summary>
    public required Uri? Otlp { get; init; }

    /// <summary>The chance that an exchange's trace is exported.</summary>
    public required Ratio Sampling { get; init; }

    /// <summary>How many spans one trace may have; 0 without limit.</summary>
    public required int SpanBudget { get; init; }

    /// <summary>The folder for capture files, one a namespace, or null.</summary>
    public required string? PcapFolder { get; init; }

    /// <summary>The folder for the report as files, or null.</summary>
    public required string? ReportFolder { get; init; }
}
