using System.Globalization;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>Encoded spans that wait for one request, grouped by <c>service.name</c>.</summary>
internal sealed class SpanBatch(OtlpOptions options)
{
    private readonly SortedDictionary<string, ProtobufWriter> _services = new(StringComparer.Ordinal);
    private readonly ProtobufWriter _request = new();

    /// <summary>How many spans wait.</summary>
    public int Count { get; private set; }

    /// <summary>Encodes a span.</summary>
    public void Add(Span span)
    {
        if (!_services.TryGetValue(span.Service, out ProtobufWriter? spans))
        {
            _services.Add(span.Service, spans = new ProtobufWriter());
        }

        SpanEncoder.Write(spans, span, options.EpochNanoseconds);
        Count++;
    }

    /// <summary>The waiting spans as an <c>ExportTraceServiceRequest</c>; none wait afterwards.</summary>
    public byte[] Take()
    {
        _request.Clear();
        foreach ((string service, ProtobufWriter spans) in _services)
        {
            if (spans.Length == 0)
            {
                continue;
            }

            int resourceSpans = _request.Begin(1);
            WriteResource(service);
            int scopeSpans = _request.Begin(2);
            int scope = _request.Begin(1);
            _request.Text(1, "emulator");
            _request.End(scope);
            _request.Append(spans.Written);
            _request.End(scopeSpans);
            _request.End(resourceSpans);
            spans.Clear();
        }

        Count = 0;
        return _request.Written.ToArray();
    }

    private void WriteResource(string service)
    {
        int resource = _request.Begin(1);
        WriteText("service.name", service);
        WriteText("k8s.cluster.name", options.ClusterName);
        WriteText("emulator.run.id", options.RunId);
        WriteText("emulator.seed", options.Seed.ToString(CultureInfo.InvariantCulture));
        _request.End(resource);
    }

    private void WriteText(string key, string value) =>
        SpanEncoder.Write(_request, 1, new SpanAttribute(key, AttributeKind.Text, value, 0));
}
