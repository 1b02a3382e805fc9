using System.Diagnostics;

namespace Emulator.Linux.Netfilter;

/// <summary>Turns a rule into its flat form.</summary>
/// <remarks>
/// Matches without side effects commute, so they may be compared flat in any order. From the first match that rolls
/// dice or writes a list, the order of the text decides who is asked at all, and the rest stays in order.
/// </remarks>
internal static class RuleCompiler
{
    /// <summary>The flat form of a rule.</summary>
    public static CompiledRule Compile(Rule rule)
    {
        CompiledRule compiled = CompiledRule.TakesAll with { Rule = rule };
        List<Match>? others = null;
        bool ordered = false;
        foreach (Match match in InOrder(rule))
        {
            ordered |= match is StatisticMatch or RecentMatch;
            bool alwaysHolds = match is CommentMatch or ProtocolExtensionMatch;
            if (!alwaysHolds && (ordered || !TryFlatten(match, ref compiled)))
            {
                (others ??= []).Add(match);
            }
        }

        if (others is [StatisticMatch statistic])
        {
            compiled.ChanceNumerator = statistic.Probability.Numerator;
            compiled.ChanceDenominator = statistic.Probability.Denominator;
            others = null;
        }

        compiled.Others = others?.ToArray();
        SetTarget(rule.Target, ref compiled);
        return compiled;
    }

    /// <summary>
    /// The matches as Linux asks them: the packet's header first, then the extensions in the order of the text.
    /// </summary>
    public static IEnumerable<Match> InOrder(Rule rule) => rule.Matches.OrderBy(m => m switch
    {
        SourceMatch => 0,
        DestinationMatch => 1,
        InInterfaceMatch => 2,
        OutInterfaceMatch => 3,
        ProtocolMatch => 4,
        _ => 5,
    });

    private static bool TryFlatten(Match match, ref CompiledRule to)
    {
        switch (match)
        {
            case SourceMatch { Negated: false } source when to.SourceMask == 0:
                to.Source = source.Cidr.Address.Value;
                to.SourceMask = source.Cidr.Mask;
                return true;
            case DestinationMatch { Negated: false } destination when to.DestinationMask == 0:
                to.Destination = destination.Cidr.Address.Value;
                to.DestinationMask = destination.Cidr.Mask;
                return true;
            case ProtocolMatch { Negated: false } protocol
                when to.ProtocolMask == 0 || to.Protocol == protocol.Protocol:
                to.Protocol = protocol.Protocol;
                to.ProtocolMask = byte.MaxValue;
                return true;
            case MarkMatch { Negated: false } mark when to.MarkMask == 0:
                to.Mark = mark.Value;
                to.MarkMask = mark.Mask;
                return (mark.Value & ~mark.Mask) == 0;
            case ConntrackStateMatch { Negated: false } state when to.States == byte.MaxValue:
                to.States = (byte)state.States;
                return true;
            case SourcePortMatch { Negated: false } port
                when to.SourcePortFirst < 0 && (to.ProtocolMask == 0 || to.Protocol == port.Protocol):
                (to.SourcePortFirst, to.SourcePortSpan) = (port.First, port.Last - port.First);
                (to.Protocol, to.ProtocolMask) = (port.Protocol, byte.MaxValue);
                return true;
            case DestinationPortMatch { Negated: false } port
                when to.DestinationPortFirst < 0 && (to.ProtocolMask == 0 || to.Protocol == port.Protocol):
                (to.DestinationPortFirst, to.DestinationPortSpan) = (port.First, port.Last - port.First);
                (to.Protocol, to.ProtocolMask) = (port.Protocol, byte.MaxValue);
                return true;
            default:
                return false;
        }
    }

    private static void SetTarget(Target target, ref CompiledRule to)
    {
        to.Argument = target;
        to.Kind = target switch
        {
            NoTarget => CompiledKind.None,
            AcceptTarget => CompiledKind.Accept,
            DropTarget => CompiledKind.Drop,
            ReturnTarget => CompiledKind.Return,
            JumpTarget => CompiledKind.Jump,
            GotoTarget => CompiledKind.Goto,
            RejectTarget => CompiledKind.Reject,
            DnatTarget => CompiledKind.Dnat,
            SnatTarget => CompiledKind.Snat,
            MasqueradeTarget => CompiledKind.Masquerade,
            MarkTarget => CompiledKind.Mark,
            NotrackTarget => CompiledKind.Notrack,
            _ => throw new UnreachableException($"No compiled form for the target {target.GetType().Name}."),
        };
        if (target is JumpTarget jump)
        {
            to.Argument = jump.Chain;
        }
        else if (target is GotoTarget go)
        {
            to.Argument = go.Chain;
        }
    }
}
