namespace Emulator.Silo;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>Stopped as asked.</summary>
    public const int Done = 0;

    /// <summary>Could not start, or failed.</summary>
    public const int Failed = 1;

    /// <summary>Bad input: options or environment variables. Nothing was started.</summary>
    public const int BadInput = 2;
}
