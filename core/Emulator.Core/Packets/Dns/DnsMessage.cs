namespace Emulator.Core.Packets.Dns;

/// <summary>What a server says of an answer. Source: RFC 1035 section 4.1.1.</summary>
public enum DnsResponseCode : byte
{
    /// <summary>All is well (NOERROR); with no answer: the name exists, but not this type.</summary>
    NoError = 0,

    /// <summary>The question makes no sense (FORMERR).</summary>
    FormatError = 1,

    /// <summary>The server failed (SERVFAIL).</summary>
    ServerFailure = 2,

    /// <summary>There is no such name (NXDOMAIN).</summary>
    NameError = 3,

    /// <summary>The server does not do such things (NOTIMP).</summary>
    NotImplemented = 4,

    /// <summary>The server will not (REFUSED).</summary>
    Refused = 5,
}

/// <summary>Types of records. Source: IANA "DNS Parameters".</summary>
public enum DnsType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server.</summary>
    Ns = 2,

    /// <summary>Another name for the same.</summary>
    Cname = 5,

    /// <summary>The zone's own data.</summary>
    Soa = 6,

    /// <summary>The name of an address.</summary>
    Ptr = 12,

    /// <summary>The host's hardware.</summary>
    Hinfo = 13,

    /// <summary>A mail server.</summary>
    Mx = 15,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>Where a service is.</summary>
    Srv = 33,

    /// <summary>EDNS options.</summary>
    Opt = 41,

    /// <summary>In a question: every type.</summary>
    Any = 255,
}

/// <summary>A question. The class is always IN.</summary>
/// <param name="Name">The full name with its last dot.</param>
/// <param name="Type">What is asked for.</param>
public sealed record DnsQuestion(string Name, DnsType Type);

/// <summary>A DNS message: a query or its response.</summary>
/// <remarks>Source: RFC 1035 section 4.
/// <code>
///  |                      ID                       |
///  |QR|   Opcode  |AA|TC|RD|RA|   Z    |   RCODE   |
///  |       QDCOUNT         |       ANCOUNT         |
///  |       NSCOUNT         |       ARCOUNT         |
/// </code>
/// </remarks>
public sealed record DnsMessage
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 12;

    /// <summary>Bytes of a message over UDP without EDNS (RFC 1035 section 4.2.1).</summary>
    public const int UdpLengthMax = 512;

    /// <summary>Ties a response to its query.</summary>
    public required ushort Id { get; init; }

    /// <summary>True for responses (QR).</summary>
    public bool IsResponse { get; init; }

    /// <summary>0 for a standard query.</summary>
    public byte Opcode { get; init; }

    /// <summary>The server owns the zone (AA).</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>Cut to fit (TC).</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The client wants the server to ask others (RD).</summary>
    public bool RecursionDesired { get; init; }

    /// <summary>The server would ask others (RA).</summary>
    public bool RecursionAvailable { get; init; }

    /// <summary>What the server says.</summary>
    public DnsResponseCode ResponseCode { get; init; }

    /// <summary>What is asked.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>What is answered.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>Who says so; the SOA of a negative answer.</summary>
    public IReadOnlyList<DnsRecord> Authority { get; init; } = [];

    /// <summary>What will be asked next.</summary>
    public IReadOnlyList<DnsRecord> Additional { get; init; } = [];
}
