using Emulator.Core.Time;
using Emulator.Linux.Processes;

namespace Emulator.Cluster.Traffic;

/// <summary>What runs where traffic comes from: a client that makes one exchange after another at a steady rate.</summary>
/// <param name="Request">What each exchange is.</param>
/// <param name="Interval">The time between the starts of two exchanges.</param>
/// <param name="StartDelay">When the first starts, after the program.</param>
/// <param name="Duration">For how long exchanges start, after the first; null without end.</param>
public sealed record TrafficProgram(
    ExchangeRequest Request, SimDuration Interval, SimDuration StartDelay, SimDuration? Duration) : Program
{
    /// <summary>How many exchanges may be under way; while so many are, none is started. Default 10,000.</summary>
    public int UnderWayMax { get; init; } = 10_000;

    /// <inheritdoc/>
    public override string Name => "traffic";

    /// <inheritdoc/>
    public override Process Start() => new TrafficProcess(this);
}
