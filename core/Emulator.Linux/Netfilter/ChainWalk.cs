using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Journal;

namespace Emulator.Linux.Netfilter;

/// <summary>How the walk of a chain ended.</summary>
internal enum WalkEnd : byte
{
    /// <summary>At its end or a RETURN: the calling chain goes on.</summary>
    Back,

    /// <summary>The table lets the packet go on.</summary>
    Accepted,

    /// <summary>The packet ends; the walk's <c>Verdict</c> says how.</summary>
    Ended,
}

/// <summary>One packet on its way through one table at one hook.</summary>
internal ref struct ChainWalk
{
    /// <summary>The journal's number of the hook.</summary>
    public required Hook Hook;

    public required Netfilter Owner;
    public required Outbox Outbox;
    public ref SkBuff Skb;
    public PacketView View;
    public NetfilterVerdict Verdict;

    /// <summary>Walks a chain. A chain's depth was bounded when its table was replaced, so the recursion is.</summary>
    public WalkEnd Run(CompiledChain chain)
    {
        ReadOnlySpan<CompiledRule> rules = chain.Rules;
        int next = 0;
        while ((uint)next < (uint)rules.Length)
        {
            ref readonly CompiledRule rule = ref rules[next];
            if (!rule.HoldsFlat(View))
            {
                next = rule.Following;
                continue;
            }

            if (rule.Kind == CompiledKind.Index)
            {
                next = CompiledChain.Enter(rule, View);
                continue;
            }

            next = rule.Following;
            if (rule.ChanceDenominator != 0 && !Draw(rule.ChanceNumerator, rule.ChanceDenominator, rule.Rule)
                || rule.Others is not null && !HoldOthers(rule.Others, rule.Rule))
            {
                continue;
            }

            if (Outbox.Journal.Detail)
            {
                Outbox.Detail(Owner.Self, JournalKind.Rule, Skb.Packet, rule.Rule, (long)Hook);
            }

            switch (rule.Kind)
            {
                case CompiledKind.Jump:
                    WalkEnd end = Run(((Chain)rule.Argument!).Compiled); // A jump's argument is its chain.
                    if (end != WalkEnd.Back)
                    {
                        return end;
                    }

                    break;
                case CompiledKind.Goto:
                    return Run(((Chain)rule.Argument!).Compiled); // As is a goto's.
                case CompiledKind.Return:
                    return WalkEnd.Back;
                case CompiledKind.Accept:
                    return WalkEnd.Accepted;
                case CompiledKind.None:
                    break;
                case CompiledKind.Mark:
                    SetMark((MarkTarget)rule.Argument!); // A mark's argument is its target.
                    break;
                default:
                    return Finish(rule);
            }
        }

        return WalkEnd.Back;
    }

    private void SetMark(MarkTarget target)
    {
        Skb.Mark = (Skb.Mark & ~target.Mask) ^ target.Value;
        View.Mark = Skb.Mark;
    }

    /// <summary>The targets that end the table's walk, ACCEPT aside.</summary>
    private WalkEnd Finish(in CompiledRule rule)
    {
        Rule cause = rule.Rule!; // Only an index has no rule, and it has no target.
        switch (rule.Argument)
        {
            case DropTarget:
                Verdict = NetfilterVerdict.Drop(DropReason.NetfilterDrop, cause);
                return WalkEnd.Ended;
            case RejectTarget reject:
                Verdict = NetfilterVerdict.Reject(reject.With, cause);
                return WalkEnd.Ended;
            case NotrackTarget:
                Skb.ConntrackId = ConntrackTracker.UntrackedId;
                Skb.State = ConntrackStates.Untracked;
                return WalkEnd.Accepted;
            case DnatTarget or SnatTarget or MasqueradeTarget:
                Verdict = Owner.Translate((Target)rule.Argument, cause, ref Skb, Outbox);
                return Verdict.IsAccepted ? WalkEnd.Accepted : WalkEnd.Ended;
            default:
                throw new UnreachableException($"No walk for the target of '{cause.Describe()}'.");
        }
    }

    private readonly bool HoldOthers(Match[] others, Rule? rule)
    {
        foreach (Match match in others)
        {
            bool holds = match switch
            {
                StatisticMatch statistic =>
                    Draw(statistic.Probability.Numerator, statistic.Probability.Denominator, rule),
                RecentMatch recent =>
                    Owner.Recent.Holds(recent, Skb.Packet.Source, Outbox.Now.Nanoseconds, remember: true),
                _ => MatchEvaluation.Holds(match, View, Skb, Owner.Host),
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    private readonly bool Draw(uint numerator, uint denominator, Rule? rule)
    {
        uint drawn = Owner.StatisticDice.NextBelow(denominator);
        if (Outbox.Journal.Detail)
        {
            Outbox.Detail(Owner.Self, JournalKind.Draw, Skb.Packet, rule, drawn, denominator);
        }

        return drawn < numerator;
    }
}
