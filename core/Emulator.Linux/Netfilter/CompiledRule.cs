using Emulator.Core.Packets;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// What a compiled rule does; <see cref="Index"/> is not a rule but a jump table before a run of rules.
/// </summary>
internal enum CompiledKind : byte
{
    Index,
    None,
    Accept,
    Drop,
    Return,
    Jump,
    Goto,
    Reject,
    Dnat,
    Snat,
    Masquerade,
    Mark,
    Notrack,
}

/// <summary>
/// A rule as masks and bounds to compare, so that a rule that does not hold costs a few nanoseconds. What has no
/// place here (negations, interfaces, address types, lists) stays in <see cref="Others"/>, checked in the order of
/// the text.
/// </summary>
internal struct CompiledRule
{
    private const int PortsSpan = 65_536;

    /// <summary>A rule that compares nothing.</summary>
    public static readonly CompiledRule TakesAll = new()
    {
        States = byte.MaxValue,
        SourcePortFirst = -1,
        SourcePortSpan = PortsSpan,
        DestinationPortFirst = -1,
        DestinationPortSpan = PortsSpan,
    };

    public uint Source;
    public uint SourceMask;
    public uint Destination;
    public uint DestinationMask;
    public uint Mark;
    public uint MarkMask;
    public IPProtocol Protocol;
    public byte ProtocolMask;

    /// <summary>One of these bits of <see cref="PacketView.States"/> must be set.</summary>
    public byte States;

    public CompiledKind Kind;

    /// <summary>The first port; -1 with a span of 65,536 takes packets without ports too.</summary>
    public int SourcePortFirst;
    public int SourcePortSpan;
    public int DestinationPortFirst;
    public int DestinationPortSpan;

    /// <summary>
    /// The rule that follows when this one does not end the walk; skips rules of an indexed run that cannot hold.
    /// </summary>
    public int Following;

    /// <summary>A chance, drawn after all else held; denominator 0 for none.</summary>
    public uint ChanceNumerator;
    public uint ChanceDenominator;

    /// <summary>Matches that are not in the fields above, or null.</summary>
    public Match[]? Others;

    /// <summary>The chain of a jump, the target of others, the index of an <see cref="CompiledKind.Index"/>.</summary>
    public object? Argument;

    /// <summary>The rule itself; null for an index.</summary>
    public Rule? Rule;

    /// <summary>Whether all that is compared flat holds.</summary>
    public readonly bool HoldsFlat(in PacketView view)
    {
        uint difference = ((view.Source ^ Source) & SourceMask)
            | ((view.Destination ^ Destination) & DestinationMask)
            | ((view.Mark ^ Mark) & MarkMask)
            | (((uint)view.Protocol ^ (uint)Protocol) & ProtocolMask);
        return difference == 0
            && (view.States & States) != 0
            && (uint)(view.DestinationPort - DestinationPortFirst) <= (uint)DestinationPortSpan
            && (uint)(view.SourcePort - SourcePortFirst) <= (uint)SourcePortSpan;
    }
}
