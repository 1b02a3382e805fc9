using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>The segments that were sent and are not acknowledged, in order, with what SACK blocks and loss detection
/// say about each.</summary>
/// <remarks>Source: RFC 6675 section 3; Linux' tcp_rtx_queue and the counters packets_out, sacked_out, lost_out,
/// retrans_out of <c>struct tcp_sock</c>. Bounded by the send buffer.</remarks>
internal sealed class RetransmitQueue
{
    private SentSegment[] _ring = [];
    private int _head;

    /// <summary>Segments not acknowledged. Linux: packets_out.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them the peer has, say SACK blocks (or duplicates, without SACK).</summary>
    public int Sacked { get; private set; }

    /// <summary>How many are held for lost.</summary>
    public int Lost { get; private set; }

    /// <summary>How many of the lost have a copy under way.</summary>
    public int Resent { get; private set; }

    /// <summary>The end of the highest segment that the peer is known to have; only if <see cref="Sacked"/>.</summary>
    public uint HighestSacked { get; private set; }

    /// <summary>Segments thought to be in the network. Linux: tcp_packets_in_flight.</summary>
    public int InFlight => Count - Sacked - Lost + Resent;

    /// <summary>The segment at a place, the oldest at 0.</summary>
    public ref SentSegment this[int place] => ref _ring[(_head + place) & (_ring.Length - 1)];

    /// <summary>Forgets everything.</summary>
    public void Clear() => (_head, Count, Sacked, Lost, Resent) = (0, 0, 0, 0, 0);

    /// <summary>A segment was sent for the first time.</summary>
    public void Append(uint start, uint end, long now)
    {
        if (Count == _ring.Length)
        {
            Enlarge();
        }

        Count++;
        this[Count - 1] = new SentSegment(start, end, now);
    }

    /// <summary>Takes the oldest segment out, wholly acknowledged.</summary>
    public SentSegment RemoveFirst()
    {
        SentSegment first = this[0];
        Sacked -= first.Is(SentSegmentState.Sacked) ? 1 : 0;
        Lost -= first.Is(SentSegmentState.Lost) ? 1 : 0;
        Resent -= first.Is(SentSegmentState.Resent) ? 1 : 0;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return first;
    }

    /// <summary>Notes that the peer has a segment.</summary>
    public void MarkSacked(ref SentSegment segment)
    {
        Lost -= segment.Is(SentSegmentState.Lost) ? 1 : 0;
        Resent -= segment.Is(SentSegmentState.Resent) ? 1 : 0;
        segment.State &= ~(SentSegmentState.Lost | SentSegmentState.Resent);
        segment.State |= SentSegmentState.Sacked;
        HighestSacked = Sacked == 0 ? segment.End : TcpSequence.Max(HighestSacked, segment.End);
        Sacked++;
    }

    /// <summary>Holds a segment for lost; one that was sent again is lost again.</summary>
    /// <returns>Whether it is news.</returns>
    public bool MarkLost(ref SentSegment segment)
    {
        if (segment.Is(SentSegmentState.Sacked)
            || (segment.Is(SentSegmentState.Lost) && !segment.Is(SentSegmentState.Resent)))
        {
            return false;
        }

        Resent -= segment.Is(SentSegmentState.Resent) ? 1 : 0;
        Lost += segment.Is(SentSegmentState.Lost) ? 0 : 1;
        segment.State = (segment.State & ~SentSegmentState.Resent) | SentSegmentState.Lost;
        return true;
    }

    /// <summary>A copy of a segment was sent.</summary>
    public void MarkResent(ref SentSegment segment, long now)
    {
        segment.SentAt = now;
        segment.State |= SentSegmentState.EverResent;
        if (segment.Is(SentSegmentState.Lost) && !segment.Is(SentSegmentState.Resent))
        {
            segment.State |= SentSegmentState.Resent;
            Resent++;
        }
    }

    /// <summary>The peer may have thrown away what it said it had: nothing counts as received any more.</summary>
    public void ForgetSacks()
    {
        for (int i = 0; i < Count; i++)
        {
            this[i].State &= ~SentSegmentState.Sacked;
        }

        Sacked = 0;
    }

    /// <summary>Cuts the segment at a place in two; both keep what is known.</summary>
    public void Split(int place, uint at)
    {
        SentSegment whole = this[place];
        Append(whole.Start, whole.End, whole.SentAt);
        for (int i = Count - 1; i > place + 1; i--)
        {
            this[i] = this[i - 1];
        }

        this[place].End = at;
        this[place + 1] = whole;
        this[place + 1].Start = at;
        Sacked += whole.Is(SentSegmentState.Sacked) ? 1 : 0;
        Lost += whole.Is(SentSegmentState.Lost) ? 1 : 0;
        Resent += whole.Is(SentSegmentState.Resent) ? 1 : 0;
    }

    /// <summary>Makes one segment of that at a place and the next, neither received nor lost before.</summary>
    public void JoinNext(int place)
    {
        this[place].End = this[place + 1].End;
        SentSegment next = this[place + 1];
        Lost -= next.Is(SentSegmentState.Lost) ? 1 : 0;
        Resent -= next.Is(SentSegmentState.Resent) ? 1 : 0;
        for (int i = place + 1; i + 1 < Count; i++)
        {
            this[i] = this[i + 1];
        }

        Count--;
    }

    /// <summary>The place of the first segment that ends after a sequence number.</summary>
    public int Find(uint sequence)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (TcpSequence.After(this[middle].End, sequence))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>Where in the queue the segments of a SACK block lie: from the first that begins inside, up to the last
    /// that ends inside. A block that makes no sense gives nothing.</summary>
    public (int First, int End) Covered(SackBlock block)
    {
        if (Count == 0 || !TcpSequence.Before(block.Start, block.End)
            || TcpSequence.Before(block.Start, this[0].Start) || TcpSequence.After(block.End, this[Count - 1].End))
        {
            return (0, 0);
        }

        int first = Find(block.Start);
        if (TcpSequence.Before(this[first].Start, block.Start))
        {
            first++;
        }

        int end = first;
        while (end < Count && !TcpSequence.After(this[end].End, block.End))
        {
            end++;
        }

        return (first, end);
    }

    private void Enlarge()
    {
        var larger = new SentSegment[Math.Max(4, _ring.Length * 2)];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        (_ring, _head) = (larger, 0);
    }
}
