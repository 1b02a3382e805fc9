using Emulator.Core.Addresses;

namespace Emulator.Core.Packets;

/// <summary>An IPv4 packet without options. Checksums are not kept: an encoded packet always has the right
/// ones.</summary>
/// <remarks>
/// Source: RFC 791 section 3.1.
/// <code>
///  |Version| IHL |  TOS  |         total length        |
///  |    identification   |flags|   fragment offset     |
///  |   TTL   |  protocol |       header checksum       |
///  |                 source address                    |
///  |               destination address                 |
/// </code>
/// </remarks>
public sealed record IPv4Packet : NetworkPacket
{
    /// <summary>Bytes of a header without options.</summary>
    public const int HeaderLength = 20;

    // Asked for at each hop; the sum over nested payloads never changes.
    private readonly int _length;

    /// <summary>Where it comes from.</summary>
    public required IPv4Address Source { get; init; }

    /// <summary>Where it goes.</summary>
    public required IPv4Address Destination { get; init; }

    /// <summary>What it carries: the whole transport payload, or a <see cref="FragmentPayload"/>.</summary>
    public required TransportPayload Payload
    {
        get;
        init
        {
            field = value;
            _length = HeaderLength + value.Length;
        }
    }

    /// <summary>Hops left, 0 to 255; Linux starts at 64.</summary>
    public byte TimeToLive { get; init; } = 64;

    /// <summary>DSCP and ECN bits.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>Groups the fragments of one packet.</summary>
    public ushort Identification { get; init; }

    /// <summary>DF: routers must not fragment it.</summary>
    public bool DontFragment { get; init; }

    /// <summary>MF: not the last fragment.</summary>
    public bool MoreFragments { get; init; }

    /// <summary>Offset of this fragment's data in the whole, in bytes, a multiple of 8.</summary>
    public ushort FragmentOffset { get; init; }

    /// <summary>True for a piece of a fragmented packet.</summary>
    public bool IsFragment => MoreFragments || FragmentOffset != 0;

    /// <summary>The transport protocol.</summary>
    public IPProtocol Protocol => Payload.Protocol;

    /// <inheritdoc/>
    public override int Length => _length;

    /// <inheritdoc/>
    public override EtherType EtherType => EtherType.IPv4;
}
