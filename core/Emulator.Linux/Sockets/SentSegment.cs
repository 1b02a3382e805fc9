namespace Emulator.Linux.Sockets;

/// <summary>What is known about a segment that was sent and is not acknowledged (Linux: TCPCB_*).</summary>
[Flags]
internal enum SentSegmentState : byte
{
    /// <summary>Under way.</summary>
    None = 0,

    /// <summary>The peer has it, says a SACK block.</summary>
    Sacked = 1,

    /// <summary>Held for lost.</summary>
    Lost = 2,

    /// <summary>Lost, and a copy is under way.</summary>
    Resent = 4,

    /// <summary>Was ever sent again: its round trip means nothing (Karn's rule).</summary>
    EverResent = 8,
}

/// <summary>A segment that was sent and is not acknowledged: its sequence numbers and when it last left.</summary>
internal struct SentSegment(uint start, uint end, long sentAt)
{
    /// <summary>Sequence number of its first byte.</summary>
    public uint Start = start;

    /// <summary>Sequence number after its last; a FIN counts one.</summary>
    public uint End = end;

    /// <summary>When it last left, in nanoseconds.</summary>
    public long SentAt = sentAt;

    /// <summary>What is known about it.</summary>
    public SentSegmentState State;

    /// <summary>Whether any of the given bits is set.</summary>
    public readonly bool Is(SentSegmentState bits) => (State & bits) != 0;
}
