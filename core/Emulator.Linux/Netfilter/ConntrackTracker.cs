using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Connection tracking's two moments in a packet's walk: recognising it, and confirming what it began.
/// </summary>
/// <remarks>
/// Source: nf_conntrack_in and __nf_conntrack_confirm. Fragments are not tracked: the caller joins them first, as
/// nf_defrag_ipv4 does.
/// </remarks>
internal static class ConntrackTracker
{
    /// <summary>
    /// The id in <see cref="SkBuff.ConntrackId"/> of a packet that is not tracked on purpose (NOTRACK).
    /// </summary>
    public const ulong UntrackedId = 1;

    /// <summary>How long after its birth a UDP connection with replies becomes a stream: two seconds.</summary>
    private const long UdpStreamAfterNanoseconds = 2_000_000_000;

    /// <summary>How long the loser of a race for the same connection is kept: one second.</summary>
    private const int NatClashSeconds = 1;

    /// <summary>
    /// PREROUTING and OUTPUT: which connection is this, and what is the packet to it? None, or why it must end.
    /// </summary>
    public static DropReason Track(Conntrack table, ref SkBuff skb, long now)
    {
        if (skb.ConntrackId != 0)
        {
            // Seen before: looped back through lo, or an answer that was attached to its cause.
            Recall(table, ref skb);
            return DropReason.None;
        }

        IPv4Packet packet = skb.Packet;
        skb.IsReplyDirection = false;
        skb.State = ConntrackStates.Invalid;
        if (packet.Payload is IcmpMessage { IsError: true } error)
        {
            TrackError(table, packet, error, ref skb, now);
            return DropReason.None;
        }

        if (!ConntrackTuple.TryOf(packet, out ConntrackTuple tuple))
        {
            return DropReason.None;
        }

        int index = table.Find(tuple, now, out bool reply);
        if (index >= 0 && packet.Payload is TcpSegment syn && TcpTracking.Reopens(syn.Flags, reply, table[index]))
        {
            table.Kill(index, now);
            index = -1;
        }

        return index < 0
            ? Begin(table, tuple, packet, ref skb, now)
            : Continue(table, index, reply, packet, ref skb, now);
    }

    /// <summary>
    /// Finds a packet's state again after it crossed a message, which carries only the id and the direction.
    /// </summary>
    public static void Recall(Conntrack table, ref SkBuff skb)
    {
        if (skb.State != ConntrackStates.None)
        {
            return;
        }

        if (skb.ConntrackId == UntrackedId)
        {
            skb.State = ConntrackStates.Untracked;
            return;
        }

        int index = table.Resolve(skb.ConntrackId);
        skb.State = index < 0 ? ConntrackStates.Invalid
            : skb.Packet.Payload is IcmpMessage { IsError: true } ? ConntrackStates.Related
            : skb.IsReplyDirection || table[index].Has(ConntrackFlags.SeenReply) ? ConntrackStates.Established
            : ConntrackStates.New;
    }

    /// <summary>INPUT's and POSTROUTING's end: the connection that a first packet began enters the table.</summary>
    public static DropReason Confirm(Conntrack table, ref SkBuff skb, long now)
    {
        int index = table.Resolve(skb.ConntrackId);
        if (index < 0 || skb.IsReplyDirection
            || table[index].Has(ConntrackFlags.Confirmed | ConntrackFlags.Dying))
        {
            return DropReason.None;
        }

        ref ConntrackEntry entry = ref table[index];
        int original = table.Find(entry.Original, now, out bool originalIsReply);
        int reply = table.Find(entry.Reply, now, out _);
        if (original < 0 && reply < 0)
        {
            table.Link(index, replyOnly: false);
            return DropReason.None;
        }

        return ResolveClash(table, index, original, originalIsReply, reply, ref skb, now);
    }

    /// <summary>
    /// Two first packets of one connection were under way at once, as two DNS queries from one socket are. The second
    /// joins the first one's entry if it was translated alike, else keeps its own translation for a moment.
    /// </summary>
    private static DropReason ResolveClash(
        Conntrack table, int index, int original, bool originalIsReply, int reply, ref SkBuff skb, long now)
    {
        ref ConntrackEntry entry = ref table[index];
        if (original >= 0 && original == reply && !originalIsReply && table[original].Reply == entry.Reply)
        {
            skb.ConntrackId = table.IdOf(original);
            table.Abandon(index);
            return DropReason.None;
        }

        if (reply < 0 && !originalIsReply && entry.Original.Protocol == IPProtocol.Udp)
        {
            entry.ExpiresAt = Conntrack.After(now, NatClashSeconds);
            table.Link(index, replyOnly: true);
            return DropReason.None;
        }

        table.Abandon(index);
        return DropReason.NetfilterDrop;
    }

    private static DropReason Begin(
        Conntrack table, in ConntrackTuple tuple, IPv4Packet packet, ref SkBuff skb, long now)
    {
        TcpConntrackState state = TcpConntrackState.None;
        bool opens = packet.Payload switch
        {
            TcpSegment tcp => TcpTracking.TryOpen(tcp.Flags, out state),
            IcmpMessage icmp => icmp.Type == IcmpType.EchoRequest,
            _ => true,
        };
        if (!opens)
        {
            return DropReason.None;
        }

        int index = table.TryCreate(tuple, now);
        if (index < 0)
        {
            return DropReason.ConntrackFull;
        }

        ref ConntrackEntry entry = ref table[index];
        ConntrackSettings settings = table.Settings;
        entry.Tcp = state;
        entry.ExpiresAt = Conntrack.After(now, tuple.Protocol switch
        {
            IPProtocol.Tcp when state == TcpConntrackState.Established => settings.TcpUnacknowledged,
            IPProtocol.Tcp => settings.TcpSynSent,
            IPProtocol.Udp => settings.Udp,
            IPProtocol.Icmp => settings.Icmp,
            _ => settings.Generic,
        });
        skb.ConntrackId = table.IdOf(index);
        skb.State = ConntrackStates.New;
        return DropReason.None;
    }

    private static DropReason Continue(
        Conntrack table, int index, bool reply, IPv4Packet packet, ref SkBuff skb, long now)
    {
        ref ConntrackEntry entry = ref table[index];
        bool alive = packet.Payload is TcpSegment tcp
            ? OnTcp(table, index, tcp.Flags, reply, now)
            : OnDatagram(table.Settings, ref entry, now);
        if (!alive)
        {
            return DropReason.None;
        }

        skb.ConntrackId = table.IdOf(index);
        skb.IsReplyDirection = reply;
        skb.State = reply || entry.Has(ConntrackFlags.SeenReply) ? ConntrackStates.Established : ConntrackStates.New;
        if (reply)
        {
            entry.Flags |= ConntrackFlags.SeenReply;
        }

        return DropReason.None;
    }

    private static bool OnDatagram(ConntrackSettings settings, ref ConntrackEntry entry, long now)
    {
        if (entry.Has(ConntrackFlags.NatClash))
        {
            return true;
        }

        if (entry.Original.Protocol != IPProtocol.Udp)
        {
            entry.ExpiresAt = Conntrack.After(
                now, entry.Original.Protocol == IPProtocol.Icmp ? settings.Icmp : settings.Generic);
            return true;
        }

        bool stream = entry.Has(ConntrackFlags.SeenReply) && now > entry.Since + UdpStreamAfterNanoseconds;
        entry.ExpiresAt = Conntrack.After(now, stream ? settings.UdpStream : settings.Udp);
        entry.Flags |= stream ? ConntrackFlags.Assured : ConntrackFlags.None;
        return true;
    }

    /// <summary>False when the segment cannot belong to the connection.</summary>
    private static bool OnTcp(Conntrack table, int index, TcpFlags flags, bool reply, long now)
    {
        ref ConntrackEntry entry = ref table[index];
        TcpConntrackState from = entry.Tcp;
        TcpTracking.Step step = TcpTracking.Next(flags, reply, from, out TcpConntrackState to);
        if (step != TcpTracking.Step.To)
        {
            return step == TcpTracking.Step.Ignore;
        }

        entry.Tcp = to;
        bool isReset = (flags & TcpFlags.Rst) != 0;
        entry.Flags &= ~ConntrackFlags.ResetByReply;
        entry.Flags |= isReset && reply ? ConntrackFlags.ResetByReply : ConntrackFlags.None;
        int seconds = table.Settings.Of(to);
        if (!entry.Has(ConntrackFlags.SeenReply))
        {
            if (isReset)
            {
                // A refused connection leaves nothing behind; the reset itself is still translated.
                table.Kill(index, now);
                return true;
            }

            seconds = to == TcpConntrackState.Established
                ? Math.Min(seconds, table.Settings.TcpUnacknowledged) : seconds;
        }
        else if (to == TcpConntrackState.Established
            && from is TcpConntrackState.SynRecv or TcpConntrackState.Established)
        {
            entry.Flags |= ConntrackFlags.Assured;
        }

        entry.ExpiresAt = Conntrack.After(now, seconds);
        return true;
    }

    private static void TrackError(Conntrack table, IPv4Packet packet, IcmpMessage error, ref SkBuff skb, long now)
    {
        if (error.Quoted is null || !ConntrackTuple.TryOfQuoted(error.Quoted, out ConntrackTuple quoted))
        {
            return;
        }

        int index = table.Find(quoted.Inverse, now, out bool reply);
        if (index < 0 || table[index].Tuple(reply).Destination != packet.Destination)
        {
            return;
        }

        skb.ConntrackId = table.IdOf(index);
        skb.IsReplyDirection = reply;
        skb.State = ConntrackStates.Related;
    }
}
