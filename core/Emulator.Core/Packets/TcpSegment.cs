namespace Emulator.Core.Packets;

/// <summary>The control bits of a TCP header, as in RFC 9293 section 3.1.</summary>
[Flags]
public enum TcpFlags : byte
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>No more data from the sender.</summary>
    Fin = 1,

    /// <summary>Synchronise sequence numbers.</summary>
    Syn = 2,

    /// <summary>Reset the connection.</summary>
    Rst = 4,

    /// <summary>Push.</summary>
    Psh = 8,

    /// <summary>The acknowledgment field counts.</summary>
    Ack = 16,

    /// <summary>The urgent pointer counts.</summary>
    Urg = 32,
}

/// <summary>A range of sequence numbers received out of order: [Start, End). Source: RFC 2018.</summary>
public readonly record struct SackBlock(uint Start, uint End);

/// <summary>The options of a TCP header.</summary>
/// <remarks>Source: RFC 9293 section 3.2, RFC 7323 (window scale, timestamps), RFC 2018 (SACK).</remarks>
public sealed record TcpOptions
{
    /// <summary>No option.</summary>
    public static readonly TcpOptions None = new();

    /// <summary>Largest segment that the sender takes, in bytes; null when absent.</summary>
    public ushort? MaximumSegmentSize { get; init; }

    /// <summary>Shift count of the window, 0 to 14; null when absent.</summary>
    public byte? WindowScale { get; init; }

    /// <summary>Whether selective acknowledgment is offered.</summary>
    public bool SackPermitted { get; init; }

    /// <summary>Timestamp value and echo reply; null when absent.</summary>
    public (uint Value, uint EchoReply)? Timestamps { get; init; }

    /// <summary>Up to four blocks received out of order.</summary>
    public IReadOnlyList<SackBlock> SackBlocks { get; init; } = [];

    /// <summary>The most bytes that a header has room for.</summary>
    public const int LengthMax = 40;

    /// <summary>
    /// Bytes as Linux lays them out: each option padded to 4 bytes, SACK-permitted sharing its word with timestamps.
    /// Options of others that would not fit so are packed as closely as they came.
    /// </summary>
    public int Length => PaddedLength is int padded and <= LengthMax ? padded : (PackedLength + 3) & ~3;

    /// <summary>Whether the options only fit without padding between them.</summary>
    internal bool IsPacked => PaddedLength > LengthMax;

    private int PaddedLength =>
        (MaximumSegmentSize is null ? 0 : 4)
        + (Timestamps is null ? (SackPermitted ? 4 : 0) : 12)
        + (WindowScale is null ? 0 : 4)
        + (SackBlocks.Count == 0 ? 0 : 4 + (8 * SackBlocks.Count));

    private int PackedLength =>
        (MaximumSegmentSize is null ? 0 : 4)
        + (Timestamps is null ? 0 : 10)
        + (SackPermitted ? 2 : 0)
        + (WindowScale is null ? 0 : 3)
        + (SackBlocks.Count == 0 ? 0 : 2 + (8 * SackBlocks.Count));
}

/// <summary>A TCP segment.</summary>
/// <remarks>Source: RFC 9293 section 3.1.</remarks>
public sealed record TcpSegment : TransportPayload
{
    /// <summary>Bytes of a header without options.</summary>
    public const int HeaderLength = 20;

    /// <summary>The sender's port.</summary>
    public required ushort SourcePort { get; init; }

    /// <summary>The receiver's port.</summary>
    public required ushort DestinationPort { get; init; }

    /// <summary>Sequence number of the first byte of data (of SYN or FIN, where it carries none).</summary>
    public uint SequenceNumber { get; init; }

    /// <summary>Next byte expected, when <see cref="TcpFlags.Ack"/> is set.</summary>
    public uint AcknowledgmentNumber { get; init; }

    /// <summary>The control bits.</summary>
    public TcpFlags Flags { get; init; }

    /// <summary>The window field as sent, not scaled.</summary>
    public ushort Window { get; init; }

    /// <summary>The options.</summary>
    public TcpOptions Options { get; init; } = TcpOptions.None;

    /// <summary>What it carries.</summary>
    public Payload Data { get; init; } = Payload.Empty;

    /// <inheritdoc/>
    public override IPProtocol Protocol => IPProtocol.Tcp;

    /// <inheritdoc/>
    public override int Length => HeaderLength + Options.Length + Data.Length;
}
