using Emulator.Core.Journal;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>What the export remembers of one packet under way.</summary>
/// <param name="flow">Its trace.</param>
/// <param name="first">The first that was heard of it.</param>
internal sealed class PacketSpans(FlowSpans flow, in JournalEntry first)
{
    private readonly List<(ulong Machine, int Hops)> _hops = [];
    private readonly List<JournalEntry> _details = [];

    public FlowSpans Flow { get; } = flow;

    public ulong Packet { get; } = first.Packet;

    public bool IsReply { get; } = first.IsReply;

    public long StartNanoseconds { get; } = first.TimeNanoseconds;

    /// <summary>The latest time heard of.</summary>
    public long LastNanoseconds { get; set; } = first.TimeNanoseconds;

    /// <summary>Copies and fragments under way, as the ledger counts them.</summary>
    public long Alive { get; set; }

    /// <summary>Whether the packet's own span is counted in the budget, and so will be exported.</summary>
    public bool IsExported { get; set; }

    /// <summary>Whether its span was written, or left out for good.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Why it was dropped where it had no hop, else <see cref="DropReason.None"/>.</summary>
    public DropReason Reason { get; set; }

    /// <summary>The hop that waits for the next one, or null.</summary>
    public JournalEntry? OpenHop { get; private set; }

    /// <summary>The open hop's number on its machine, from 1.</summary>
    public int OpenHopNumber { get; private set; }

    /// <summary>All hops so far.</summary>
    public int HopCount { get; private set; }

    /// <summary>Source and destination at the hop before the open one, to see translations.</summary>
    public (ulong Addresses, uint Ports)? Before { get; set; }

    /// <summary>Details since the open hop.</summary>
    public IReadOnlyList<JournalEntry> Details => _details;

    /// <summary>Opens a hop.</summary>
    public void Open(in JournalEntry hop)
    {
        ulong machine = hop.Actor.Machine.Id;
        int index = _hops.FindIndex(h => h.Machine == machine);
        int number = index < 0 ? 1 : _hops[index].Hops + 1;
        if (index < 0)
        {
            _hops.Add((machine, number));
        }
        else
        {
            _hops[index] = (machine, number);
        }

        OpenHop = hop;
        OpenHopNumber = number;
        HopCount++;
    }

    /// <summary>The open hop was written, or left out.</summary>
    public void Close()
    {
        OpenHop = null;
        _details.Clear();
    }

    /// <summary>Keeps a detail for the open hop.</summary>
    public void Add(in JournalEntry detail) => _details.Add(detail);
}
