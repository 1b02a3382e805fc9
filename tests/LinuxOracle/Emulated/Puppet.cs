using Emulator.Core.Actors;
using Emulator.Linux.Processes;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Emulated;

/// <summary>A program whose sockets do what the steps of a scenario say.</summary>
/// <param name="Seen">Where it writes what came of it.</param>
internal sealed record Puppet(Transcript Seen) : Linux.Processes.Program
{
    /// <inheritdoc/>
    public override string Name => "puppet";

    /// <inheritdoc/>
    public override Process Start() => new PuppetProcess(Seen);
}

/// <summary>A step for a puppet.</summary>
internal sealed record PuppetOrder(OracleStep Step) : Message;
