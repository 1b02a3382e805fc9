using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Netfilter of one network namespace: five hooks, four tables, connection tracking and address translation.
/// </summary>
/// <remarks>
/// Costs nothing until somebody puts a rule in, as in Linux, where tables register their hooks at first use. A
/// namespace calls <see cref="Run"/> at each hook; fragments are joined before PREROUTING and OUTPUT by the caller.
/// What crosses a message of a packet is its mark, connection id and direction.
/// </remarks>
public sealed class Netfilter
{
    private readonly RuleTables _tables = new();
    private RandomStream _statisticDice;
    private RandomStream _portDice;

    /// <summary>An empty netfilter.</summary>
    /// <param name="host">The namespace that it works in.</param>
    /// <param name="self">The actor whose journal entries and dice it uses.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="settings">The connection table's settings; null for Linux' own.</param>
    public Netfilter(INetfilterHost host, ActorRef self, ulong seed, ConntrackSettings? settings = null)
    {
        Host = host;
        Self = self;
        Conntrack = new Conntrack { Settings = settings ?? ConntrackSettings.Default };
        _statisticDice = RandomStream.For(seed, self.Id, "statistic");
        _portDice = RandomStream.For(seed, self.Id, "nat-port");
    }

    /// <summary>
    /// False while no rule, chain or policy of DROP exists: then hooks change nothing and nothing is tracked.
    /// </summary>
    public bool IsActive => _tables.IsActive;

    /// <summary>Whether connections are tracked: a nat table exists, or a rule asks for a connection's state.</summary>
    public bool Tracks => _tables.Tracks;

    /// <summary>The tracked connections.</summary>
    public Conntrack Conntrack { get; }

    internal INetfilterHost Host { get; }

    internal ActorRef Self { get; }

    internal RecentLists Recent { get; } = new();

    internal RuleTables Tables => _tables;

    internal ref RandomStream StatisticDice => ref _statisticDice;

    /// <summary>
    /// Takes a packet through one hook. It may come out translated and marked. When it is refused the caller journals
    /// the end of it, and answers a reject.
    /// </summary>
    public NetfilterVerdict Run(Hook hook, ref SkBuff skb, Outbox outbox)
    {
        if (!_tables.IsActive)
        {
            return NetfilterVerdict.Accept;
        }

        if (outbox.Journal.Detail)
        {
            outbox.Detail(Self, JournalKind.Hook, skb.Packet, null, (long)hook);
        }

        NetfilterVerdict verdict = hook switch
        {
            Hook.Prerouting or Hook.Output => Begin(hook, ref skb, outbox),
            Hook.Input => Walk(TableName.Filter, hook, ref skb, outbox, mangleFirst: true),
            Hook.Forward => Walk(TableName.Filter, hook, ref skb, outbox, mangleFirst: true),
            Hook.Postrouting => Walk(TableName.Mangle, hook, ref skb, outbox, mangleFirst: false),
            _ => throw new UnreachableException($"No walk for the hook {hook}."),
        };
        if (verdict.IsAccepted && hook is Hook.Input or Hook.Postrouting)
        {
            verdict = Finish(hook, ref skb, outbox);
        }

        if (verdict.Kind == VerdictKind.Drop)
        {
            Forget(skb);
        }

        return verdict;
    }

    /// <summary>Replaces what one owner has in one table.</summary>
    /// <exception cref="ArgumentException">A chain or target does not belong there, or jumps go too deep.</exception>
    public void Replace(ReplaceTable replace)
    {
        _tables.Replace(replace);
        if (!Recent.IsEmpty)
        {
            Recent.KeepOnly(_tables.RecentListNames());
        }
    }

    /// <summary>Sets a built-in chain's policy: ACCEPT, as at the start, or DROP.</summary>
    /// <exception cref="ArgumentException">The table has no chain at that hook.</exception>
    public void SetPolicy(TableName table, Hook hook, bool drop) => _tables.SetPolicy(table, hook, drop);

    /// <summary>Forgets the connections that fit; the count of them.</summary>
    public int Delete(DeleteConntrack filter, SimTime now) => Conntrack.Delete(filter, now);

    /// <summary>The lines of <c>conntrack -L</c>.</summary>
    public IEnumerable<string> DescribeConntrack(SimTime now) => Conntrack.List(now).Select(row => row.ToString());

    /// <summary>
    /// Makes an answer that this host gives to a packet (an ICMP error, a reset) part of the packet's connection, in
    /// the other direction, so that it is translated back even when the connection is not in the table. Call it
    /// before OUTPUT.
    /// </summary>
    /// <remarks>Source: nf_ct_attach.</remarks>
    public void Attach(ref SkBuff answer, in SkBuff cause)
    {
        if (cause.ConntrackId != 0)
        {
            answer.ConntrackId = cause.ConntrackId;
            answer.IsReplyDirection = !cause.IsReplyDirection;
            answer.State = cause.ConntrackId == ConntrackTracker.UntrackedId
                ? ConntrackStates.Untracked : ConntrackStates.Related;
        }
    }

    /// <summary>A reset ends the packet's connection: a tracked TCP connection counts as closed.</summary>
    /// <remarks>Source: nf_conntrack_tcp_set_closing.</remarks>
    public void SetClosing(in SkBuff cause, SimTime now) => Conntrack.SetClosing(cause.ConntrackId, now.Nanoseconds);

    /// <summary>
    /// A packet has ended before its last hook: the connection that it began is forgotten at once. Not calling it
    /// costs a slot for ten seconds.
    /// </summary>
    public void Forget(in SkBuff skb)
    {
        int index = Conntrack.Resolve(skb.ConntrackId);
        if (index >= 0 && !skb.IsReplyDirection)
        {
            Conntrack.Abandon(index);
        }
    }

    /// <summary>A DNAT, SNAT or MASQUERADE rule holds for the first packet of a connection.</summary>
    internal NetfilterVerdict Translate(Target target, Rule rule, ref SkBuff skb, Outbox outbox)
    {
        int index = Conntrack.Resolve(skb.ConntrackId);
        if (index < 0 || Nat.IsDecided(Conntrack[index], source: target is not DnatTarget))
        {
            return NetfilterVerdict.Accept;
        }

        switch (target)
        {
            case DnatTarget dnat:
                Nat.DecideDestination(ref Conntrack[index], dnat.Address, dnat.Port);
                return NetfilterVerdict.Accept;
            case SnatTarget snat:
                return DecideSource(index, snat.Address, snat.RandomFully, rule, outbox);
            case MasqueradeTarget masquerade:
                return skb.Out is not null && Host.SourceFor(skb.Out, skb.Packet.Destination) is IPv4Address source
                    ? DecideSource(index, source, masquerade.RandomFully, rule, outbox)
                    : NetfilterVerdict.Drop(DropReason.NetfilterDrop, rule);
            default:
                throw new UnreachableException($"No translation for the target {target.GetType().Name}.");
        }
    }

    private NetfilterVerdict DecideSource(int index, IPv4Address source, bool randomFully, Rule rule, Outbox outbox)
    {
        DropReason reason = Nat.DecideSource(
            Conntrack, index, source, randomFully, ref _portDice, outbox.Now.Nanoseconds);
        return reason == DropReason.None ? NetfilterVerdict.Accept : NetfilterVerdict.Drop(reason, rule);
    }

    /// <summary>PREROUTING and OUTPUT: raw, connection tracking, mangle, nat; and OUTPUT's filter.</summary>
    private NetfilterVerdict Begin(Hook hook, ref SkBuff skb, Outbox outbox)
    {
        NetfilterVerdict verdict = Walk(TableName.Raw, hook, ref skb, outbox, mangleFirst: false);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (_tables.Tracks)
        {
            DropReason reason = ConntrackTracker.Track(Conntrack, ref skb, outbox.Now.Nanoseconds);
            if (reason != DropReason.None)
            {
                return NetfilterVerdict.Drop(reason);
            }

            WriteConntrack(skb, outbox);
        }

        verdict = Walk(TableName.Mangle, hook, ref skb, outbox, mangleFirst: false);
        if (verdict.IsAccepted)
        {
            verdict = TranslateAt(hook, ref skb, outbox);
        }

        return verdict.IsAccepted && hook == Hook.Output
            ? Walk(TableName.Filter, hook, ref skb, outbox, mangleFirst: false)
            : verdict;
    }

    /// <summary>The end of INPUT and POSTROUTING: source translation, then the connection enters the table.</summary>
    private NetfilterVerdict Finish(Hook hook, ref SkBuff skb, Outbox outbox)
    {
        if (!_tables.Tracks)
        {
            return NetfilterVerdict.Accept;
        }

        NetfilterVerdict verdict = TranslateAt(hook, ref skb, outbox);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        DropReason reason = ConntrackTracker.Confirm(Conntrack, ref skb, outbox.Now.Nanoseconds);
        return reason == DropReason.None ? verdict : NetfilterVerdict.Drop(reason);
    }

    private NetfilterVerdict Walk(TableName table, Hook hook, ref SkBuff skb, Outbox outbox, bool mangleFirst)
    {
        if (mangleFirst)
        {
            NetfilterVerdict mangled = Walk(TableName.Mangle, hook, ref skb, outbox, mangleFirst: false);
            if (!mangled.IsAccepted)
            {
                return mangled;
            }
        }

        CompiledChain? chain = _tables.Builtin(table, hook);
        bool drops = _tables.DropsByPolicy(table, hook);
        if (chain is null)
        {
            return drops ? NetfilterVerdict.Drop(DropReason.NetfilterDrop) : NetfilterVerdict.Accept;
        }

        ChainWalk walk = new()
        {
            Hook = hook,
            Owner = this,
            Outbox = outbox,
            Skb = ref skb,
            View = PacketView.Of(skb, StatesOf(ref skb)),
        };
        return walk.Run(chain) switch
        {
            WalkEnd.Ended => walk.Verdict,
            WalkEnd.Back when drops => NetfilterVerdict.Drop(DropReason.NetfilterDrop),
            _ => NetfilterVerdict.Accept,
        };
    }

    /// <summary>What <c>--ctstate</c> compares: the packet's state and what was translated of its connection.</summary>
    internal ConntrackStates StatesOf(ref SkBuff skb)
    {
        if (!_tables.Tracks)
        {
            return ConntrackStates.None;
        }

        ConntrackTracker.Recall(Conntrack, ref skb);
        int index = Conntrack.Resolve(skb.ConntrackId);
        ConntrackStates states = skb.State;
        if (index >= 0)
        {
            ref ConntrackEntry entry = ref Conntrack[index];
            states |= entry.Has(ConntrackFlags.SourceNat) ? ConntrackStates.Snat : ConntrackStates.None;
            states |= entry.Has(ConntrackFlags.DestinationNat) ? ConntrackStates.Dnat : ConntrackStates.None;
        }

        return states;
    }

    /// <summary>The nat table at a hook: consulted for a connection's first packet, applied to all.</summary>
    private NetfilterVerdict TranslateAt(Hook hook, ref SkBuff skb, Outbox outbox)
    {
        if (!_tables.HasNat)
        {
            return NetfilterVerdict.Accept;
        }

        int index = Conntrack.Resolve(skb.ConntrackId);
        if (index < 0)
        {
            return NetfilterVerdict.Accept;
        }

        ConntrackTracker.Recall(Conntrack, ref skb);
        bool source = hook is Hook.Input or Hook.Postrouting;
        IcmpMessage? error = skb.Packet.Payload is IcmpMessage { IsError: true } message ? message : null;
        if (error is null && skb.State is ConntrackStates.New or ConntrackStates.Related
            && !Nat.IsDecided(Conntrack[index], source))
        {
            NetfilterVerdict verdict = Walk(TableName.Nat, hook, ref skb, outbox, mangleFirst: false);
            if (!verdict.IsAccepted)
            {
                return verdict;
            }

            if (!Nat.IsDecided(Conntrack[index], source))
            {
                DropReason reason = Nat.DecideNothing(
                    Conntrack, index, source, ref _portDice, outbox.Now.Nanoseconds);
                if (reason != DropReason.None)
                {
                    return NetfilterVerdict.Drop(reason);
                }
            }
        }

        return Rewrite(index, source, error, ref skb, outbox);
    }

    private NetfilterVerdict Rewrite(int index, bool source, IcmpMessage? error, ref SkBuff skb, Outbox outbox)
    {
        ref ConntrackEntry entry = ref Conntrack[index];
        bool reply = skb.IsReplyDirection;
        if (error is { Type: IcmpType.Redirect } && entry.Has(ConntrackFlags.NatMask))
        {
            // A redirect would make both ends talk past the translation.
            return NetfilterVerdict.Drop(DropReason.NetfilterDrop);
        }

        if (!Nat.Applies(entry, source, reply))
        {
            return NetfilterVerdict.Accept;
        }

        IPv4Packet before = skb.Packet;
        skb.Packet = error is null
            ? Nat.Apply(entry, before, source, reply)
            : Nat.ApplyToError(entry, before, error, source, reply);
        if (outbox.Journal.Detail && !ReferenceEquals(before, skb.Packet))
        {
            PacketView now = PacketView.Of(skb, ConntrackStates.None);
            outbox.Detail(
                Self, JournalKind.Nat, skb.Packet, before,
                Packed(now.Source, now.SourcePort), Packed(now.Destination, now.DestinationPort));
        }

        return NetfilterVerdict.Accept;
    }

    /// <summary>An endpoint as the journal packs it: address above 16 bits of port, 0 without one.</summary>
    private static long Packed(uint address, int port) => ((long)address << 16) | (uint)Math.Max(port, 0);

    private void WriteConntrack(in SkBuff skb, Outbox outbox)
    {
        if (outbox.Journal.Detail)
        {
            int index = Conntrack.Resolve(skb.ConntrackId);
            object subject = index >= 0
                ? Conntrack.RowOf(Conntrack[index], outbox.Now.Nanoseconds)
                : skb.State == ConntrackStates.Untracked ? "untracked" : "invalid";
            outbox.Detail(Self, JournalKind.Conntrack, skb.Packet, subject, (long)skb.State);
        }
    }
}
