namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>Collects spans to requests and hands them to the destination when they are large or old enough.</summary>
internal sealed class SpanOutput(OtlpOptions options, IOtlpDestination destination)
{
    private readonly SpanBatch _batch = new(options);
    private long _sentAt = Environment.TickCount64;

    /// <summary>Spans so far.</summary>
    public long SpansWritten { get; private set; }

    /// <summary>Spans that the other side refused.</summary>
    public long SpansRejected => destination.SpansRejected;

    /// <summary>Adds a span; waits where the batch is full and the destination busy.</summary>
    public void Add(Span span)
    {
        _batch.Add(span);
        SpansWritten++;
        if (_batch.Count >= options.BatchSpans)
        {
            Send();
        }
    }

    /// <summary>Sends what has waited long enough.</summary>
    public void SendIfDue()
    {
        if (_batch.Count > 0 && Environment.TickCount64 - _sentAt >= options.BatchDelayMilliseconds)
        {
            Send();
        }
    }

    /// <summary>Sends the rest, and returns when all has arrived.</summary>
    public void Complete()
    {
        if (_batch.Count > 0)
        {
            Send();
        }

        destination.Complete();
    }

    private void Send()
    {
        destination.Send(_batch.Take());
        _sentAt = Environment.TickCount64;
    }
}
