using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups;

namespace Emulator.Linux.Processes;

/// <summary>What an answer cost its server, as a trace shows it.</summary>
/// <param name="Waited">From the request's arrival until a worker took it.</param>
/// <param name="Done">The CPU time.</param>
public sealed record CpuSpent(SimDuration Waited, CpuDone Done) : IDescribed
{
    /// <summary>Neither running nor throttled: others had the CPU.</summary>
    public SimDuration Contended =>
        Done.Finished - Done.Started - Done.Throttled - new SimDuration(Done.Nanoseconds);

    /// <inheritdoc/>
    public string Describe() =>
        $"cpu {new SimDuration(Done.Nanoseconds)} throttled {Done.Throttled} contended {Contended} queued {Waited}";
}
