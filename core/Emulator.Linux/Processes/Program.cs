namespace Emulator.Linux.Processes;

/// <summary>What a container runs: an immutable description that can be started any number of times.</summary>
public abstract record Program
{
    /// <summary>A short name for <c>ps</c> and journal, such as <c>echo-server</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Starts it: a fresh state machine.</summary>
    public abstract Process Start();
}
