namespace Emulator.LinuxOracle.Tests;

/// <summary>A test beside a real Linux kernel; it is skipped, and says why, where there is none to be had.</summary>
internal sealed class OracleTheoryAttribute : TheoryAttribute
{
    private static readonly string Lacking = OracleNeeds.Find();

    public OracleTheoryAttribute()
    {
        if (Lacking.Length > 0)
        {
            Skip = Lacking;
        }
    }
}
