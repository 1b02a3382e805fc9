using System.Diagnostics;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Every way that the dice of a rule set can send a new connection: where a Service's packet may go, and how likely.
/// </summary>
/// <remarks>
/// Walks the same compiled chains as <see cref="Netfilter.Run"/>, taking both ways at each <c>-m statistic</c>, and
/// changes nothing. The packet counts as the first of its connection whatever is tracked; lists of <c>-m recent</c>
/// are as they are now. After PREROUTING it passes INPUT or FORWARD, by what its destination then is.
/// </remarks>
public static class BranchEnumerator
{
    /// <summary>The most paths that are followed: beyond it the rule set is no Service's.</summary>
    public const int PathsMax = 1 << 20;

    private static readonly (TableName Table, Hook Hook)[] Arriving =
    [
        (TableName.Raw, Hook.Prerouting), (TableName.Mangle, Hook.Prerouting), (TableName.Nat, Hook.Prerouting),
        (TableName.Mangle, Hook.Forward), (TableName.Filter, Hook.Forward),
    ];

    private static readonly (TableName Table, Hook Hook)[] Leaving =
    [
        (TableName.Raw, Hook.Output), (TableName.Mangle, Hook.Output), (TableName.Nat, Hook.Output),
        (TableName.Filter, Hook.Output),
    ];

    /// <summary>The outcomes by kind, then by destination; each outcome once.</summary>
    /// <param name="netfilter">The rules, lists and addresses.</param>
    /// <param name="hook">PREROUTING or OUTPUT.</param>
    /// <param name="skb">The packet as it comes to the hook.</param>
    /// <param name="now">The time, for <c>-m recent</c>.</param>
    /// <exception cref="InvalidOperationException">There are more than <see cref="PathsMax"/> paths.</exception>
    public static IReadOnlyList<DnatBranch> Enumerate(Netfilter netfilter, Hook hook, in SkBuff skb, SimTime now)
    {
        (TableName Table, Hook Hook)[] stages = hook switch
        {
            Hook.Prerouting => Arriving,
            Hook.Output => Leaving,
            _ => throw new ArgumentException($"Branches begin at PREROUTING or OUTPUT, not at {hook}.", nameof(hook)),
        };
        return new Exploration(netfilter, stages, now).Explore(skb);
    }

    /// <summary>A place in a chain, and where its end leads back to.</summary>
    private sealed record Frame(CompiledChain Chain, int Next, Frame? Caller);

    private struct Path
    {
        public SkBuff Skb;
        public Frame? At;
        public int Stage;
        public bool IsTranslated;
        public Fraction Probability;
    }

    private sealed class Exploration(Netfilter netfilter, (TableName Table, Hook Hook)[] stages, SimTime now)
    {
        private readonly Stack<Path> _open = new();
        private readonly Dictionary<(BranchKind Kind, Endpoint To, Rule? Rule), Fraction> _outcomes = [];

        public IReadOnlyList<DnatBranch> Explore(in SkBuff skb)
        {
            Path start = new() { Skb = skb, Stage = -1, Probability = Fraction.One };
            start.Skb.ConntrackId = 0;
            start.Skb.State = ConntrackStates.New;
            start.Skb.IsReplyDirection = false;
            EnterNextStage(ref start);
            _open.Push(start);
            for (int paths = 0; _open.TryPop(out Path path); paths++)
            {
                if (paths == PathsMax)
                {
                    throw new InvalidOperationException(
                        $"The rules branch into more than {PathsMax} paths; ask about a packet to one Service.");
                }

                Follow(path);
            }

            return [.. _outcomes
                .Select(o => new DnatBranch(o.Key.Kind, o.Key.To, o.Key.Rule, o.Value))
                .OrderBy(b => b.Kind).ThenBy(b => b.Destination)
                .ThenBy(b => b.Rule?.Describe() ?? "", StringComparer.Ordinal)];
        }

        /// <summary>Follows one path to its end; the ways not taken are put aside.</summary>
        private void Follow(Path path)
        {
            while (path.Stage < stages.Length)
            {
                if (path.At is not Frame frame)
                {
                    FallThrough(ref path);
                    continue;
                }

                if (frame.Next >= frame.Chain.Rules.Length)
                {
                    path.At = frame.Caller;
                    continue;
                }

                ref readonly CompiledRule rule = ref frame.Chain.Rules[frame.Next];
                PacketView view = PacketView.Of(path.Skb, StatesOf(path));
                if (rule.HoldsFlat(view) && rule.Kind == CompiledKind.Index)
                {
                    path.At = frame with { Next = CompiledChain.Enter(rule, view) };
                    continue;
                }

                Fraction chance = ChanceOf(rule, view, path.Skb);
                path.At = frame with { Next = rule.Following };
                if (chance == Fraction.Zero)
                {
                    continue;
                }

                if (chance != Fraction.One)
                {
                    Fraction not = Fraction.Of(chance.Denominator - chance.Numerator, chance.Denominator);
                    _open.Push(path with { Probability = path.Probability * not });
                    path.Probability *= chance;
                }

                if (!Take(rule, ref path))
                {
                    return;
                }
            }

            BranchKind kind = path.IsTranslated ? BranchKind.Translated : BranchKind.Untranslated;
            Count(kind, null, path);
        }

        /// <summary>The chance that a rule holds: zero or one where no dice are rolled.</summary>
        private Fraction ChanceOf(in CompiledRule rule, in PacketView view, in SkBuff skb)
        {
            if (!rule.HoldsFlat(view))
            {
                return Fraction.Zero;
            }

            Fraction chance = rule.ChanceDenominator == 0
                ? Fraction.One : Fraction.Of(rule.ChanceNumerator, rule.ChanceDenominator);
            foreach (Match match in rule.Others ?? [])
            {
                bool holds = match switch
                {
                    StatisticMatch => true,
                    RecentMatch recent =>
                        netfilter.Recent.Holds(recent, skb.Packet.Source, now.Nanoseconds, remember: false),
                    _ => MatchEvaluation.Holds(match, view, skb, netfilter.Host),
                };
                if (!holds)
                {
                    return Fraction.Zero;
                }

                if (match is StatisticMatch statistic)
                {
                    chance *= Fraction.Of(statistic.Probability.Numerator, statistic.Probability.Denominator);
                }
            }

            return chance;
        }

        /// <summary>Does what a rule's target says; false when the packet ends there.</summary>
        private bool Take(in CompiledRule rule, ref Path path)
        {
            Frame? caller = path.At?.Caller;
            switch (rule.Kind)
            {
                case CompiledKind.None:
                    return true;
                case CompiledKind.Mark:
                    MarkTarget mark = (MarkTarget)rule.Argument!; // A mark's argument is its target.
                    path.Skb.Mark = (path.Skb.Mark & ~mark.Mask) ^ mark.Value;
                    return true;
                case CompiledKind.Jump:
                    path.At = new Frame(((Chain)rule.Argument!).Compiled, 0, path.At); // A jump's is its chain.
                    return true;
                case CompiledKind.Goto:
                    path.At = new Frame(((Chain)rule.Argument!).Compiled, 0, caller); // As is a goto's.
                    return true;
                case CompiledKind.Return:
                    path.At = caller;
                    return true;
                case CompiledKind.Drop:
                    Count(BranchKind.Dropped, rule.Rule, path);
                    return false;
                case CompiledKind.Reject:
                    Count(BranchKind.Rejected, rule.Rule, path);
                    return false;
                case CompiledKind.Notrack:
                    path.Skb.State = ConntrackStates.Untracked;
                    break;
                case CompiledKind.Dnat:
                    Translate((DnatTarget)rule.Argument!, ref path); // A DNAT's argument is its target.
                    break;
                case CompiledKind.Accept:
                    break;
                default:
                    throw new UnreachableException($"No branch for '{rule.Rule?.Describe()}' before POSTROUTING.");
            }

            EnterNextStage(ref path);
            return true;
        }

        private static void Translate(DnatTarget target, ref Path path)
        {
            IPv4Packet packet = path.Skb.Packet;
            if (ConntrackTuple.TryOf(packet, out ConntrackTuple tuple))
            {
                ConntrackTuple to = tuple.WithDestination(target.Address);
                to = target.Port == 0 || tuple.Protocol == IPProtocol.Icmp ? to : to.WithDestinationPort(target.Port);
                path.IsTranslated = to != tuple;
                path.Skb.Packet = PacketRewrite.To(packet, to, source: false);
            }
        }

        /// <summary>A built-in chain's end: its policy.</summary>
        private void FallThrough(ref Path path)
        {
            (TableName table, Hook hook) = StageOf(path);
            if (netfilter.Tables.DropsByPolicy(table, hook))
            {
                Count(BranchKind.Dropped, null, path);
                path.Probability = Fraction.Zero;
                path.Stage = stages.Length;
                return;
            }

            EnterNextStage(ref path);
        }

        private void EnterNextStage(ref Path path)
        {
            path.Stage++;
            path.At = null;
            bool skipsNat = path.Skb.State == ConntrackStates.Untracked
                && path.Stage < stages.Length && stages[path.Stage].Table == TableName.Nat;
            path.Stage += skipsNat ? 1 : 0;
            if (path.Stage < stages.Length)
            {
                (TableName table, Hook hook) = StageOf(path);
                CompiledChain? chain = netfilter.Tables.Builtin(table, hook);
                path.At = chain is null ? null : new Frame(chain, 0, null);
            }
        }

        private (TableName Table, Hook Hook) StageOf(in Path path)
        {
            (TableName table, Hook hook) = stages[path.Stage];
            bool isLocal = hook == Hook.Forward
                && netfilter.Host.TypeOf(path.Skb.Packet.Destination) == AddressType.Local;
            return (table, isLocal ? Hook.Input : hook);
        }

        private ConntrackStates StatesOf(in Path path) =>
            !netfilter.Tracks ? ConntrackStates.None
            : stages[path.Stage].Table == TableName.Raw ? ConntrackStates.Invalid
            : path.Skb.State | (path.IsTranslated ? ConntrackStates.Dnat : ConntrackStates.None);

        private void Count(BranchKind kind, Rule? rule, in Path path)
        {
            if (path.Probability != Fraction.Zero)
            {
                int port = PacketView.Of(path.Skb, ConntrackStates.None).DestinationPort;
                Endpoint to = new(path.Skb.Packet.Destination, (ushort)Math.Max(port, 0));
                Fraction before = _outcomes.GetValueOrDefault((kind, to, rule), Fraction.Zero);
                _outcomes[(kind, to, rule)] = before + path.Probability;
            }
        }
    }
}
