using Emulator.Core.Journal;

namespace Emulator.Engine.Telemetry;

/// <summary>What a hop shows that was done with the packet.</summary>
public enum HopAction
{
    /// <summary>It came in.</summary>
    Received,

    /// <summary>It went out as it was.</summary>
    Forwarded,

    /// <summary>It went on under other addresses or ports.</summary>
    Translated,

    /// <summary>It was put into a tunnel.</summary>
    Encapsulated,

    /// <summary>It was taken out of a tunnel.</summary>
    Decapsulated,

    /// <summary>After this hop it reached its socket or the kernel that consumed it.</summary>
    Delivered,

    /// <summary>After this hop it ended undelivered.</summary>
    Dropped,

    /// <summary>After this hop a REJECT rule ended and answered it.</summary>
    Rejected,
}

/// <summary>One frame at one interface of one namespace in one direction, as a capture there would show it.</summary>
public sealed class TraceHop
{
    private readonly List<TraceDecision> _decisions = [];

    /// <summary>Its place in the trace, from 1.</summary>
    public int Sequence { get; internal set; }

    /// <summary>When, in nanoseconds of virtual time.</summary>
    public required long TimeNanoseconds { get; init; }

    /// <summary>The actor that saw it.</summary>
    public required string Actor { get; init; }

    /// <summary>Where.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>Which way, as the namespace sees it.</summary>
    public required Direction Direction { get; init; }

    /// <summary>True on the server's side of the exchange.</summary>
    public required bool IsReply { get; init; }

    /// <summary>The frame's fields.</summary>
    public required HopPacket Packet { get; init; }

    /// <summary>What was done.</summary>
    public HopAction Action { get; internal set; }

    /// <summary>How the packet ended after this hop, if it did.</summary>
    internal HopAction? EndAction { get; set; }

    /// <summary>When the packet ended after this hop, if it did.</summary>
    public long? EndNanoseconds { get; internal set; }

    /// <summary>What was decided since the packet's hop before, and, for its last hop, how it ended.</summary>
    public IReadOnlyList<TraceDecision> Decisions => _decisions;

    internal void Add(TraceDecision decision) => _decisions.Add(decision);

    internal void Add(IEnumerable<TraceDecision> decisions) => _decisions.AddRange(decisions);
}
