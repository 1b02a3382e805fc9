namespace Emulator.Silo.Hosting;

/// <summary>Whether the engine takes part in its cluster, for whoever asks: one writer, many readers.</summary>
internal sealed class EngineReadiness
{
    private volatile string? _reason = "the engine is starting";

    /// <summary>Why it does not take part; null when it does.</summary>
    public string? Reason => _reason;

    /// <summary>It takes part.</summary>
    public void Joined() => _reason = null;

    /// <summary>It does not, for a reason that a person understands.</summary>
    public void NotReady(string reason) => _reason = reason;
}
