using Emulator.Core.Journal;

namespace Emulator.Linux.Netfilter;

/// <summary>What becomes of a packet after a hook.</summary>
public enum VerdictKind : byte
{
    /// <summary>It goes on (NF_ACCEPT).</summary>
    Accept,

    /// <summary>It ends here without a word (NF_DROP).</summary>
    Drop,

    /// <summary>It ends here and is answered: the caller makes the answer.</summary>
    Reject,
}

/// <summary>The outcome of one hook.</summary>
/// <param name="Kind">Goes on, ends, or ends with an answer.</param>
/// <param name="Reason">Why it ends; <see cref="DropReason.None"/> when it goes on.</param>
/// <param name="With">How a rejected packet is answered.</param>
/// <param name="Rule">The rule that ended it, or null (a policy, a full table).</param>
public readonly record struct NetfilterVerdict(VerdictKind Kind, DropReason Reason, RejectWith With, Rule? Rule)
{
    /// <summary>The packet goes on.</summary>
    public static readonly NetfilterVerdict Accept;

    /// <summary>Whether the packet goes on.</summary>
    public bool IsAccepted => Kind == VerdictKind.Accept;

    /// <summary>The packet ends without an answer.</summary>
    public static NetfilterVerdict Drop(DropReason reason, Rule? rule = null) =>
        new(VerdictKind.Drop, reason, default, rule);

    /// <summary>The packet ends and is answered.</summary>
    public static NetfilterVerdict Reject(RejectWith with, Rule rule) =>
        new(VerdictKind.Reject, DropReason.NetfilterReject, with, rule);
}
