using Emulator.Core.Addresses;

namespace Emulator.Linux.Netfilter;

/// <summary>What may become of the first packet of a connection.</summary>
public enum BranchKind : byte
{
    /// <summary>Its destination is translated.</summary>
    Translated,

    /// <summary>It goes on as it is.</summary>
    Untranslated,

    /// <summary>A rule rejects it.</summary>
    Rejected,

    /// <summary>A rule or policy drops it.</summary>
    Dropped,
}

/// <summary>One outcome and its exact chance.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Destination">Where the packet goes; where it wanted to go when it is rejected or dropped.</param>
/// <param name="Rule">The rule that rejects or drops it; null otherwise, and for a policy.</param>
/// <param name="Probability">The chance; all outcomes' add up to one.</param>
public sealed record DnatBranch(BranchKind Kind, Endpoint Destination, Rule? Rule, Fraction Probability);
