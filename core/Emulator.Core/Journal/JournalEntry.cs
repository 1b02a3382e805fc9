using Emulator.Core.Actors;

namespace Emulator.Core.Journal;

/// <summary>
/// One thing that happened: a fixed-width struct, with references to immutable objects for those who want more.
/// </summary>
public readonly struct JournalEntry
{
    /// <summary>When, in nanoseconds of virtual time.</summary>
    public required long TimeNanoseconds { get; init; }

    /// <summary>At whom.</summary>
    public required ActorRef Actor { get; init; }

    /// <summary>At which interface, where one is meant.</summary>
    public InterfaceName? Interface { get; init; }

    /// <summary>
    /// The immutable thing that the entry is about: a frame, a packet, a rule, a text. See <see cref="JournalKind"/>.
    /// </summary>
    public object? Subject { get; init; }

    /// <summary>The packet, or 0.</summary>
    public ulong Packet { get; init; }

    /// <summary>The application exchange, or 0.</summary>
    public ulong Flow { get; init; }

    /// <summary>A figure; see <see cref="JournalKind"/>. For hops: source and destination addresses.</summary>
    public long A { get; init; }

    /// <summary>A figure; see <see cref="JournalKind"/>. For hops: ports, TTL and protocol.</summary>
    public long B { get; init; }

    /// <summary>Bytes of the frame or packet.</summary>
    public int Length { get; init; }

    /// <summary>What the entry says.</summary>
    public required JournalKind Kind { get; init; }

    /// <summary>Which way, for hops.</summary>
    public Direction Direction { get; init; }

    /// <summary>Why, for drops.</summary>
    public DropReason Reason { get; init; }

    /// <summary>True on the server's side of an exchange.</summary>
    public bool IsReply { get; init; }
}
