using Emulator.Core.Packets;

namespace Emulator.Linux.Netfilter;

/// <summary>What a segment does to the state of a tracked TCP connection.</summary>
/// <remarks>
/// Source: the transition table of nf_conntrack_proto_tcp and RFC 9293. Left out: the window check
/// (nf_conntrack_tcp_be_liberal = 1 in effect) and the count of retransmissions.
/// </remarks>
internal static class TcpTracking
{
    /// <summary>The outcome for one segment.</summary>
    internal enum Step : byte
    {
        /// <summary>The connection is in the state given beside.</summary>
        To,

        /// <summary>Let through, nothing learnt.</summary>
        Ignore,

        /// <summary>Cannot belong to the connection.</summary>
        Invalid,
    }

    private enum Kind : byte
    {
        Syn,
        SynAck,
        Fin,
        Ack,
        Rst,
        None,
    }

    /// <summary>
    /// Whether a first segment can open an entry, and in which state (loose pick-up of open connections included).
    /// </summary>
    public static bool TryOpen(TcpFlags flags, out TcpConntrackState state)
    {
        state = TcpConntrackState.None;
        if (!AreValid(flags))
        {
            return false;
        }

        state = KindOf(flags) switch
        {
            Kind.Syn => TcpConntrackState.SynSent,
            Kind.Ack => TcpConntrackState.Established,
            _ => TcpConntrackState.None,
        };
        return state != TcpConntrackState.None;
    }

    /// <summary>Whether the segment is a SYN that may open the connection anew after it closed.</summary>
    public static bool Reopens(TcpFlags flags, bool reply, in ConntrackEntry entry) =>
        KindOf(flags) == Kind.Syn
        && ((entry.Tcp == TcpConntrackState.TimeWait)
            || (entry.Tcp == TcpConntrackState.Close && !reply && !entry.Has(ConntrackFlags.ResetByReply)));

    /// <summary>The step that a segment makes from a state.</summary>
    public static Step Next(TcpFlags flags, bool reply, TcpConntrackState from, out TcpConntrackState to)
    {
        to = from;
        if (!AreValid(flags))
        {
            return Step.Invalid;
        }

        return KindOf(flags) switch
        {
            Kind.Rst => Go(TcpConntrackState.Close, out to),
            Kind.Fin => OnFin(from, out to),
            Kind.Ack => OnAck(reply, from, out to),
            Kind.Syn => OnSyn(reply, from, out to),
            Kind.SynAck => OnSynAck(reply, from, out to),
            _ => Step.Invalid,
        };
    }

    private static Step Go(TcpConntrackState state, out TcpConntrackState to)
    {
        to = state;
        return Step.To;
    }

    private static Step OnFin(TcpConntrackState from, out TcpConntrackState to)
    {
        to = from;
        switch (from)
        {
            case TcpConntrackState.SynRecv or TcpConntrackState.Established:
                return Go(TcpConntrackState.FinWait, out to);
            case TcpConntrackState.FinWait or TcpConntrackState.CloseWait:
                return Go(TcpConntrackState.LastAck, out to);
            case TcpConntrackState.SynSent or TcpConntrackState.SynSent2:
                return Step.Invalid;
            default:
                return Step.To;
        }
    }

    private static Step OnAck(bool reply, TcpConntrackState from, out TcpConntrackState to)
    {
        to = from;
        switch (from)
        {
            case TcpConntrackState.SynSent or TcpConntrackState.SynSent2:
                return reply ? Step.Ignore : Step.Invalid;
            case TcpConntrackState.SynRecv:
                return reply ? Step.To : Go(TcpConntrackState.Established, out to);
            case TcpConntrackState.FinWait:
                return Go(TcpConntrackState.CloseWait, out to);
            case TcpConntrackState.LastAck:
                return Go(TcpConntrackState.TimeWait, out to);
            default:
                return Step.To;
        }
    }

    private static Step OnSyn(bool reply, TcpConntrackState from, out TcpConntrackState to)
    {
        to = from;
        switch (from)
        {
            case TcpConntrackState.SynSent:
                return reply ? Go(TcpConntrackState.SynSent2, out to) : Step.To;
            case TcpConntrackState.SynSent2:
                return Step.To;
            case TcpConntrackState.Close when !reply:
                return Go(TcpConntrackState.SynSent, out to);
            default:
                return reply ? Step.Invalid : Step.Ignore;
        }
    }

    private static Step OnSynAck(bool reply, TcpConntrackState from, out TcpConntrackState to)
    {
        to = from;
        switch (from)
        {
            case TcpConntrackState.SynSent when reply:
            case TcpConntrackState.SynSent2:
                return Go(TcpConntrackState.SynRecv, out to);
            case TcpConntrackState.SynRecv when !reply:
                return Step.To;
            default:
                return reply ? Step.Ignore : Step.Invalid;
        }
    }

    private static Kind KindOf(TcpFlags flags) =>
        (flags & TcpFlags.Rst) != 0 ? Kind.Rst
        : (flags & TcpFlags.Syn) != 0 ? ((flags & TcpFlags.Ack) != 0 ? Kind.SynAck : Kind.Syn)
        : (flags & TcpFlags.Fin) != 0 ? Kind.Fin
        : (flags & TcpFlags.Ack) != 0 ? Kind.Ack
        : Kind.None;

    /// <summary>Combinations that a working TCP sends; PSH does not matter, URG only where data may be.</summary>
    private static bool AreValid(TcpFlags flags) => (flags & ~(TcpFlags.Psh | TcpFlags.Urg)) switch
    {
        TcpFlags.Syn or (TcpFlags.Syn | TcpFlags.Ack) or TcpFlags.Rst or (TcpFlags.Rst | TcpFlags.Ack)
            or (TcpFlags.Fin | TcpFlags.Ack) or TcpFlags.Ack => true,
        _ => false,
    };
}
