using Emulator.Core.Addresses;

namespace Emulator.Core.Packets.Dns;

/// <summary>A resource record. The class is always IN.</summary>
/// <remarks>Source: RFC 1035 section 3.2; names are full, with their last dot.</remarks>
/// <param name="Name">Whose record.</param>
/// <param name="TimeToLiveSeconds">How long it may be kept.</param>
public abstract record DnsRecord(string Name, uint TimeToLiveSeconds)
{
    /// <summary>What kind of record.</summary>
    public abstract DnsType Type { get; }

    /// <summary>The content as zone files print it.</summary>
    public abstract string ContentText { get; }

    /// <summary>The record as zone files print it, separated by tabs.</summary>
    public sealed override string ToString() =>
        $"{Name}\t{TimeToLiveSeconds}\tIN\t{Type.ToString().ToUpperInvariant()}\t{ContentText}";
}

/// <summary>An IPv4 address.</summary>
public sealed record DnsAddress(string Name, uint TimeToLiveSeconds, IPv4Address Address)
    : DnsRecord(Name, TimeToLiveSeconds)
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.A;

    /// <inheritdoc/>
    public override string ContentText => Address.ToString();
}

/// <summary>An IPv6 address, first byte highest. Source: RFC 3596.</summary>
public sealed record DnsAddress6(string Name, uint TimeToLiveSeconds, UInt128 Address)
    : DnsRecord(Name, TimeToLiveSeconds)
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Aaaa;

    /// <inheritdoc/>
    public override string ContentText => IPv6Text.Write(Address);
}

/// <summary>A record whose content is a name: CNAME, NS or PTR.</summary>
public sealed record DnsPointer(string Name, uint TimeToLiveSeconds, DnsType PointerType, string Target)
    : DnsRecord(Name, TimeToLiveSeconds)
{
    /// <inheritdoc/>
    public override DnsType Type => PointerType;

    /// <inheritdoc/>
    public override string ContentText => Target;
}

/// <summary>Where a service is. Source: RFC 2782.</summary>
public sealed record DnsService(
    string Name, uint TimeToLiveSeconds, ushort Priority, ushort Weight, ushort Port, string Target)
    : DnsRecord(Name, TimeToLiveSeconds)
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Srv;

    /// <inheritdoc/>
    public override string ContentText => $"{Priority} {Weight} {Port} {Target}";
}

/// <summary>The zone's own data; in a negative answer, how long to remember it.</summary>
public sealed record DnsStartOfAuthority(
    string Name, uint TimeToLiveSeconds, string Server, string Mailbox,
    uint Serial, uint Refresh, uint Retry, uint Expire, uint Minimum) : DnsRecord(Name, TimeToLiveSeconds)
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Soa;

    /// <inheritdoc/>
    public override string ContentText => $"{Server} {Mailbox} {Serial} {Refresh} {Retry} {Expire} {Minimum}";
}

/// <summary>One text of at most 255 bytes.</summary>
public sealed record DnsText(string Name, uint TimeToLiveSeconds, string Text) : DnsRecord(Name, TimeToLiveSeconds)
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Txt;

    /// <inheritdoc/>
    public override string ContentText => $"\"{Text}\"";
}

/// <summary>A record of a type that we do not take apart, EDNS options among them.</summary>
public sealed record DnsOpaque(
    string Name, uint TimeToLiveSeconds, DnsType OpaqueType, ushort Class, ReadOnlyMemory<byte> Content)
    : DnsRecord(Name, TimeToLiveSeconds)
{
    /// <inheritdoc/>
    public override DnsType Type => OpaqueType;

    /// <inheritdoc/>
    public override string ContentText => $"\\# {Content.Length} {Convert.ToHexString(Content.Span)}";
}
