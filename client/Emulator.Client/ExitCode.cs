namespace Emulator.Client;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>Done; for a trace: delivered.</summary>
    public const int Done = 0;

    /// <summary>Not delivered, or failed.</summary>
    public const int Failed = 1;

    /// <summary>Bad input: arguments or documents. Nothing was run.</summary>
    public const int BadInput = 2;
}
