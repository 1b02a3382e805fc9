namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>Where requests go: a collector, or a file.</summary>
public interface IOtlpDestination
{
    /// <summary>Spans that the other side refused after it took delivery.</summary>
    long SpansRejected { get; }

    /// <summary>Takes an <c>ExportTraceServiceRequest</c>. Blocks while it cannot; throws when it never can.</summary>
    void Send(byte[] request);

    /// <summary>Returns when all that was sent has arrived.</summary>
    void Complete();
}
