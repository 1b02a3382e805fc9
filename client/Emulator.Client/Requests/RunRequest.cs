using Emulator.Core.Time;

namespace Emulator.Client.Requests;

/// <summary>How virtual time runs.</summary>
/// <param name="Kind">As fast as it can, with the wall clock, or event by event.</param>
/// <param name="FactorNumerator">Virtual seconds …</param>
/// <param name="FactorDenominator">… in so many wall seconds; for realtime.</param>
internal sealed record ClockChoice(ClockKind Kind, long FactorNumerator = 1, long FactorDenominator = 1);

/// <summary>The kinds of clock.</summary>
internal enum ClockKind
{
    /// <summary>As fast as it can.</summary>
    Virtual,

    /// <summary>Paced by the wall clock.</summary>
    Realtime,

    /// <summary>Waits for a key before each instant.</summary>
    Step,
}

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
    public required ClockChoice Clock { get; init; }

    /// <summary>On how many threads it runs.</summary>
    public required int Shards { get; init; }

    /// <summary>Where spans go, or null.</summary>
    public required Uri? Otlp { get; init; }

    /// <summary>The folder for capture files, one a namespace, or null.</summary>
    public required string? PcapFolder { get; init; }

    /// <summary>The folder for the report as files, or null.</summary>
    public required string? ReportFolder { get; init; }
}
