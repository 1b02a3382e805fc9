using Emulator.Engine.Tests.Telemetry;

namespace Emulator.LinuxOracle.Tests;

/// <summary>A test that needs a real kernel and tshark; it is skipped, and says why, where one of them is
/// missing.</summary>
internal sealed class ExpertTheoryAttribute : TheoryAttribute
{
    public ExpertTheoryAttribute() => Skip = new OracleTheoryAttribute().Skip ?? new TsharkFactAttribute().Skip;
}
