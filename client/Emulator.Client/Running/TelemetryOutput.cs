using Emulator.Engine.Execution;

namespace Emulator.Client.Running;

/// <summary>Where spans go, if anywhere.</summary>
internal sealed class TelemetryOutput : IDisposable
{
    /// <summary>An export to a collector; null for none.</summary>
    public TelemetryOutput(Uri? collector, ulong seed, string clusterName)
    {
        if (collector is not null)
        {
            throw new NotSupportedException($"--otlp {collector} for {clusterName}, seed {seed}: not in this build.");
        }
    }

    /// <summary>What reads the journal.</summary>
    public IReadOnlyList<IJournalProjection> Projections => [];

    /// <summary>Waits until everything has arrived, and prints what became of the hops.</summary>
    public void Complete(TextWriter output) => output.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
