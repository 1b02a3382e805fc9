namespace Emulator.LinuxOracle.Tests.Steps;

/// <summary>On which host a step's socket is.</summary>
internal static class StepOwner
{
    /// <summary>The host; what opens a socket is remembered.</summary>
    public static string Of(OracleStep step, Dictionary<string, string> owners)
    {
        (string name, string? at) = step switch
        {
            OracleStep.Listen s => (s.Name, s.At),
            OracleStep.Connect s => (s.Name, s.At),
            OracleStep.Bind s => (s.Name, s.At),
            OracleStep.Ping s => (s.Name, s.At),
            OracleStep.Send s => (s.Name, null),
            OracleStep.Shutdown s => (s.Name, null),
            OracleStep.Close s => (s.Name, null),
            OracleStep.Abort s => (s.Name, null),
            OracleStep.Read s => (s.Name, null),
            OracleStep.SendTo s => (s.Name, (string?)null),
            _ => throw new System.Diagnostics.UnreachableException(step.ToString()),
        };
        if (at is not null)
        {
            owners.Add(name, at);
        }

        return owners[name.Split('#')[0]];
    }
}
