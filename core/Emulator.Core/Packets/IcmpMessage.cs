namespace Emulator.Core.Packets;

/// <summary>The ICMP types that we speak. Source: RFC 792 and RFC 1122.</summary>
public enum IcmpType : byte
{
    /// <summary>Answer to an echo request.</summary>
    EchoReply = 0,

    /// <summary>The destination cannot be reached; the code says why.</summary>
    DestinationUnreachable = 3,

    /// <summary>A better first hop exists.</summary>
    Redirect = 5,

    /// <summary>Echo request ("ping").</summary>
    EchoRequest = 8,

    /// <summary>TTL or reassembly time exceeded.</summary>
    TimeExceeded = 11,

    /// <summary>A header field is wrong.</summary>
    ParameterProblem = 12,
}

/// <summary>The codes of <see cref="IcmpType.DestinationUnreachable"/>.</summary>
public static class IcmpUnreachable
{
    /// <summary>No route to the network.</summary>
    public const byte Network = 0;

    /// <summary>The last router cannot reach the host.</summary>
    public const byte Host = 1;

    /// <summary>The host has no such protocol.</summary>
    public const byte Protocol = 2;

    /// <summary>Nobody listens at the port.</summary>
    public const byte Port = 3;

    /// <summary>Too large, and DF set; the MTU is in the second half of the rest field (RFC 1191).</summary>
    public const byte FragmentationNeeded = 4;

    /// <summary>Forbidden network.</summary>
    public const byte NetworkProhibited = 9;

    /// <summary>Forbidden host.</summary>
    public const byte HostProhibited = 10;

    /// <summary>Forbidden by a filter.</summary>
    public const byte AdministrativelyProhibited = 13;
}

/// <summary>An ICMP message: echo with data, or an error that quotes the packet it is about.</summary>
/// <remarks>Source: RFC 792; how much Linux quotes: up to 576 bytes in all (RFC 1812 section 4.3.2.3).</remarks>
public sealed record IcmpMessage : TransportPayload
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 8;

    /// <summary>What kind of message.</summary>
    public required IcmpType Type { get; init; }

    /// <summary>The kind's detail.</summary>
    public byte Code { get; init; }

    /// <summary>The header's second word: identifier and sequence number of an echo, the MTU of "fragmentation
    /// needed".</summary>
    public uint Rest { get; init; }

    /// <summary>The data of an echo; empty for errors.</summary>
    public Payload Data { get; init; } = Payload.Empty;

    /// <summary>The packet that an error is about; null for echoes.</summary>
    public IPv4Packet? Quoted { get; init; }

    /// <summary>How many bytes of <see cref="Quoted"/> are carried, its header included.</summary>
    public int QuotedLength { get; init; }

    /// <summary>The identifier of an echo.</summary>
    public ushort EchoIdentifier => (ushort)(Rest >> 16);

    /// <summary>The sequence number of an echo.</summary>
    public ushort EchoSequence => (ushort)Rest;

    /// <summary>True for messages about another packet.</summary>
    public bool IsError => Type is IcmpType.DestinationUnreachable or IcmpType.TimeExceeded
        or IcmpType.ParameterProblem or IcmpType.Redirect;

    /// <inheritdoc/>
    public override IPProtocol Protocol => IPProtocol.Icmp;

    /// <inheritdoc/>
    public override int Length => HeaderLength + (Quoted is null ? Data.Length : QuotedLength);
}
