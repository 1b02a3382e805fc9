using Emulator.Core.Journal;
using Emulator.Core.Randomness;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>
/// The journal as spans: one trace an exchange, in it the exchange's ends, a span a packet, and in that a span a hop.
/// A hop lasts until the packet's next one. When the destination is slow, <see cref="Write"/> waits, and virtual time
/// with it.
/// </summary>
/// <remarks>Source of the shape: OpenTelemetry's trace model; roles and names are <see cref="HopPlace"/>'s.</remarks>
public sealed class JournalSpans : IJournalProjection
{
    /// <summary>How many traces are remembered; the oldest is forgotten, and its open ends written as they
    /// are.</summary>
    public const int FlowsMax = 200_000;

    /// <summary>How many packets may be under way; the oldest is written as if it had ended.</summary>
    public const int PacketsMax = 200_000;

    /// <summary>How long a hop lasts of which no next one is known, in nanoseconds.</summary>
    public const long LastHopNanoseconds = 1_000;

    private readonly OtlpOptions _options;
    private readonly SpanIds _ids;
    private readonly SpanOutput _output;
    private readonly HopSpanWriter _hopWriter = new();
    private readonly Dictionary<ulong, FlowSpans> _flows = [];
    private readonly Queue<ulong> _flowOrder = new();
    private readonly Dictionary<ulong, PacketSpans> _packets = [];
    private readonly Queue<PacketSpans> _packetOrder = new();
    private readonly Span _span = new();
    private long _journaled;
    private long _exported;
    private long _sampledOut;
    private long _overBudget;
    private long _lastNanoseconds;

    /// <summary>An export to a destination.</summary>
    public JournalSpans(OtlpOptions options, IOtlpDestination destination)
    {
        _options = options;
        _ids = new SpanIds(options.RunId);
        _output = new SpanOutput(options, destination);
    }

    /// <inheritdoc/>
    public bool WantsDetail => _options.Detail;

    /// <summary>What became of the hops so far; they add up after <see cref="Complete"/>.</summary>
    public OtlpCounters Counters => new(
        _journaled, _exported, _sampledOut, _overBudget, _output.SpansWritten, _output.SpansRejected);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            _lastNanoseconds = Math.Max(_lastNanoseconds, entry.TimeNanoseconds);
            switch (entry.Kind)
            {
                case JournalKind.Hop:
                    TakeHop(in entry);
                    break;
                case JournalKind.Originated or JournalKind.Copied or JournalKind.Fragmented:
                    Count(in entry, entry.A);
                    break;
                case JournalKind.Absorbed:
                    Count(in entry, -entry.A);
                    break;
                case JournalKind.Delivered or JournalKind.Dropped:
                    EndCopy(in entry);
                    break;
                case JournalKind.ExchangeStarted:
                    FlowOf(entry.Flow)?.Begin(in entry, _ids);
                    break;
                case JournalKind.ExchangeEnded:
                    EndExchange(in entry);
                    break;
                case > JournalKind.FirstDetail when _options.Detail:
                    _packets.GetValueOrDefault(entry.Packet)?.Add(in entry);
                    break;
            }
        }

        _output.SendIfDue();
    }

    /// <summary>Writes what is still open, and returns when everything has arrived.</summary>
    public void Complete()
    {
        foreach (PacketSpans packet in _packetOrder)
        {
            ClosePacket(packet);
        }

        foreach (ulong key in _flowOrder)
        {
            if (_flows.Remove(key, out FlowSpans? flow))
            {
                WriteOpenEnds(flow);
            }
        }

        _packetOrder.Clear();
        _flowOrder.Clear();
        _output.Complete();
    }

    private void TakeHop(in JournalEntry entry)
    {
        _journaled++;
        if (PacketOf(in entry) is not { } packet)
        {
            _sampledOut++;
            return;
        }

        CloseHop(packet, entry.TimeNanoseconds, null);
        packet.Open(in entry);
        packet.LastNanoseconds = Math.Max(packet.LastNanoseconds, entry.TimeNanoseconds);
    }

    private void Count(in JournalEntry entry, long copies)
    {
        if (PacketOf(in entry) is { } packet)
        {
            packet.Alive += copies; // Not closed at 0: a packet that is cut or joined lives on in what it became.
        }
    }

    private void EndCopy(in JournalEntry entry)
    {
        if (PacketOf(in entry) is not { } packet)
        {
            return;
        }

        packet.LastNanoseconds = Math.Max(packet.LastNanoseconds, entry.TimeNanoseconds);
        bool isDrop = entry.Kind == JournalKind.Dropped;
        if (packet.OpenHop is not null)
        {
            CloseHop(packet, entry.TimeNanoseconds, isDrop ? entry : null);
        }
        else if (isDrop && packet.HopCount == 0)
        {
            packet.Reason = entry.Reason; // It ended where it was made: its own span says so.
            Keep(packet);
        }

        if (--packet.Alive <= 0)
        {
            ClosePacket(packet);
        }
    }

    private void CloseHop(PacketSpans packet, long endNanoseconds, JournalEntry? drop)
    {
        if (packet.OpenHop is not JournalEntry hop)
        {
            return;
        }

        bool fits = _options.SpanBudget == 0
            || packet.Flow.Spans + (packet.IsExported ? 1 : 2) <= _options.SpanBudget;
        if (!fits && drop is null)
        {
            _overBudget++;
            packet.Flow.HopsOverBudget++;
        }
        else
        {
            Keep(packet);
            packet.Flow.Spans++;
            _exported++;
            _span.Clear();
            _span.Trace = packet.Flow.Trace;
            _span.Id = _ids.Hop(packet.Flow.Key, packet.Packet, hop.Actor.Machine.Id, packet.OpenHopNumber);
            _span.Parent = _ids.Packet(packet.Flow.Key, packet.Packet);
            _span.StartNanoseconds = hop.TimeNanoseconds;
            // Copies of a flooded packet leave at one instant; each of their hops still shows.
            _span.EndNanoseconds = endNanoseconds > hop.TimeNanoseconds
                ? endNanoseconds : hop.TimeNanoseconds + LastHopNanoseconds;
            _hopWriter.Write(_span, packet, in hop, drop);
            _output.Add(_span);
        }

        packet.Close();
    }

    /// <summary>Sees to it that the packet's own span is written, so that its hops have their parent.</summary>
    private static void Keep(PacketSpans packet)
    {
        if (!packet.IsExported)
        {
            packet.IsExported = true;
            packet.Flow.Spans++;
        }
    }

    private void ClosePacket(PacketSpans packet)
    {
        if (packet.IsClosed)
        {
            return; // The queue of the oldest still knew it.
        }

        packet.IsClosed = true;
        _packets.Remove(packet.Packet);
        if (packet.OpenHop is JournalEntry hop)
        {
            packet.LastNanoseconds = Math.Max(packet.LastNanoseconds, hop.TimeNanoseconds + LastHopNanoseconds);
            CloseHop(packet, hop.TimeNanoseconds + LastHopNanoseconds, null);
        }

        if (!packet.IsExported)
        {
            return;
        }

        _span.Clear();
        _span.Service = "packet";
        _span.Kind = SpanKind.Internal;
        _span.Name = packet.IsReply ? "packet.reply" : "packet.request";
        _span.Trace = packet.Flow.Trace;
        _span.Id = _ids.Packet(packet.Flow.Key, packet.Packet);
        _span.Parent = packet.Flow.Root;
        _span.StartNanoseconds = packet.StartNanoseconds;
        _span.EndNanoseconds = Math.Max(packet.LastNanoseconds, packet.StartNanoseconds);
        _span.PutHex("emulator.packet.id", packet.Packet);
        _span.PutHex("emulator.flow.id", packet.Flow.Key);
        _span.Put("emulator.hop.count", packet.HopCount);
        if (packet.Reason != DropReason.None)
        {
            HopSpanWriter.WriteDrop(_span, packet.Reason, null);
        }

        _output.Add(_span);
    }

    private void EndExchange(in JournalEntry entry)
    {
        if (FlowOf(entry.Flow) is not { } flow)
        {
            return;
        }

        if (flow.End(in entry) is not { } end)
        {
            flow.Begin(in entry, _ids); // Its start was not seen: the entry itself says how long it took.
            end = flow.End(in entry)! with { StartNanoseconds = entry.TimeNanoseconds - entry.B }; // Just begun.
        }

        WriteEnd(flow, end, entry.TimeNanoseconds, entry);
    }

    private void WriteOpenEnds(FlowSpans flow)
    {
        foreach (FlowSpans.OpenEnd end in flow.OpenEnds)
        {
            WriteEnd(flow, end, Math.Max(_lastNanoseconds, end.StartNanoseconds), null);
        }
    }

    private void WriteEnd(FlowSpans flow, FlowSpans.OpenEnd end, long endNanoseconds, JournalEntry? ended)
    {
        flow.Spans++;
        string exchange = (end.Subject as IDescribed)?.Describe() ?? end.Subject as string ?? "exchange";
        int space = exchange.IndexOf(' ', StringComparison.Ordinal);
        _span.Clear();
        _span.Service = WorkloadName.Of(end.Actor.Name);
        _span.Kind = end.IsServer ? SpanKind.Server : SpanKind.Client;
        _span.Name = space < 0 ? exchange : exchange[..space];
        _span.Trace = flow.Trace;
        _span.Id = end.Id;
        _span.Parent = end.Id == flow.Root ? 0 : flow.Root;
        _span.StartNanoseconds = end.StartNanoseconds;
        _span.EndNanoseconds = endNanoseconds;
        _span.PutHex("emulator.flow.id", flow.Key);
        _span.Put("emulator.exchange", exchange);
        _span.Put("emulator.actor", end.Actor.Name);
        _span.Put("k8s.node.name", end.Actor.Machine.Name);
        if (ended is JournalEntry entry)
        {
            _span.Put("emulator.exchange.outcome", entry.A);
            _span.Put("emulator.exchange.result",
                (entry.Subject as IDescribed)?.Describe() ?? entry.Subject as string ?? "");
        }

        if (flow.HopsOverBudget > 0)
        {
            _span.Put("emulator.trace.hops_over_budget", flow.HopsOverBudget);
        }

        _output.Add(_span);
    }

    /// <summary>The packet, begun if it is new; null where its trace is not sampled.</summary>
    private PacketSpans? PacketOf(in JournalEntry entry)
    {
        if (_packets.TryGetValue(entry.Packet, out PacketSpans? packet))
        {
            return packet;
        }

        if (FlowOf(entry.Flow != 0 ? entry.Flow : entry.Packet) is not { } flow)
        {
            return null;
        }

        packet = new PacketSpans(flow, in entry);
        _packets.Add(entry.Packet, packet);
        _packetOrder.Enqueue(packet);
        while (_packetOrder.Count > PacketsMax || _packetOrder.Peek().IsClosed)
        {
            ClosePacket(_packetOrder.Dequeue());
        }

        return packet;
    }

    /// <summary>The trace, begun if it is new; null where it is not sampled.</summary>
    private FlowSpans? FlowOf(ulong key)
    {
        if (_flows.TryGetValue(key, out FlowSpans? flow))
        {
            return flow;
        }

        if (!IsSampled(key))
        {
            return null;
        }

        flow = new FlowSpans(key, _ids.Trace(key));
        _flows.Add(key, flow);
        _flowOrder.Enqueue(key);
        if (_flowOrder.Count > FlowsMax && _flows.Remove(_flowOrder.Dequeue(), out FlowSpans? oldest))
        {
            WriteOpenEnds(oldest);
        }

        return flow;
    }

    private bool IsSampled(ulong key)
    {
        ulong draw = StableHash.Finish(StableHash.Combine(_options.Seed, key)) >> 32;
        return (draw * _options.Sampling.Denominator) >> 32 < _options.Sampling.Numerator;
    }
}
