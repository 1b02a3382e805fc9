using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>What came over a connection and the process has not taken: bytes in order, and segments that wait for a gap
/// to close.</summary>
internal sealed class TcpReceiveQueue
{
    private readonly Queue<Payload> _ready = new();
    private readonly List<(uint Start, Payload Bytes)> _outOfOrder = [];
    private uint _latest;

    /// <summary>Bytes in order that the process has not taken.</summary>
    public int ReadyBytes { get; private set; }

    /// <summary>Segments that wait for a gap to close.</summary>
    public int OutOfOrderCount => _outOfOrder.Count;

    /// <summary>Appends bytes in order.</summary>
    public void Append(Payload bytes)
    {
        _ready.Enqueue(bytes);
        ReadyBytes += bytes.Length;
    }

    /// <summary>Takes the next bytes in order.</summary>
    public bool TryTake(out Payload bytes)
    {
        if (!_ready.TryDequeue(out Payload? taken))
        {
            bytes = Payload.Empty;
            return false;
        }

        ReadyBytes -= taken.Length;
        bytes = taken;
        return true;
    }

    /// <summary>Keeps a segment beyond a gap; false when there are too many.</summary>
    public bool TryKeep(uint start, Payload bytes)
    {
        _latest = start;
        int i = _outOfOrder.Count;
        while (i > 0 && TcpSequence.After(_outOfOrder[i - 1].Start, start))
        {
            i--;
        }

        if (i > 0 && _outOfOrder[i - 1].Start == start && _outOfOrder[i - 1].Bytes.Length >= bytes.Length)
        {
            return true;
        }

        if (_outOfOrder.Count >= SocketLimits.OutOfOrderSegmentsMax)
        {
            return false;
        }

        _outOfOrder.Insert(i, (start, bytes));
        return true;
    }

    /// <summary>Moves the segments that <paramref name="next"/> has reached into order; gives the new next
    /// byte.</summary>
    public uint JoinFrom(uint next)
    {
        int i = 0;
        while (i < _outOfOrder.Count && !TcpSequence.After(_outOfOrder[i].Start, next))
        {
            (uint start, Payload bytes) = _outOfOrder[i++];
            int known = (int)(next - start);
            if (known < bytes.Length)
            {
                Append(bytes.Slice(known, bytes.Length - known));
                next = start + (uint)bytes.Length;
            }
        }

        _outOfOrder.RemoveRange(0, i);
        return next;
    }

    /// <summary>The ranges kept beyond the gap, the latest first, at most three beside timestamps (RFC 2018 section
    /// 4).</summary>
    public SackBlock[] SackBlocks()
    {
        var ranges = new List<SackBlock>();
        foreach ((uint start, Payload bytes) in _outOfOrder)
        {
            uint end = start + (uint)bytes.Length;
            if (ranges.Count > 0 && !TcpSequence.After(start, ranges[^1].End))
            {
                ranges[^1] = new SackBlock(ranges[^1].Start, TcpSequence.Max(ranges[^1].End, end));
            }
            else
            {
                ranges.Add(new SackBlock(start, end));
            }
        }

        int latest = ranges.FindIndex(r => !TcpSequence.Before(_latest, r.Start) && TcpSequence.Before(_latest, r.End));
        if (latest > 0)
        {
            SackBlock first = ranges[latest];
            ranges.RemoveAt(latest);
            ranges.Insert(0, first);
        }

        return [.. ranges.Take(3)];
    }
}
