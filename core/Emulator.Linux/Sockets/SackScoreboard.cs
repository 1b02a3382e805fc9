using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>Which bytes beyond the acknowledged ones the peer says it has, so that they are not sent again.</summary>
/// <remarks>Source: RFC 2018 section 5; RFC 6675 section 3.</remarks>
internal sealed class SackScoreboard
{
    private const int RangesMax = 256;
    private readonly List<SackBlock> _ranges = [];

    /// <summary>Whether the peer has told of anything.</summary>
    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>The end of the last range, or the given value when there is none.</summary>
    public uint HighestOr(uint otherwise) => _ranges.Count == 0 ? otherwise : _ranges[^1].End;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _ranges.Clear();

    /// <summary>Forgets what is acknowledged.</summary>
    public void DiscardBefore(uint sequence)
    {
        int i = 0;
        while (i < _ranges.Count && !TcpSequence.After(_ranges[i].End, sequence))
        {
            i++;
        }

        _ranges.RemoveRange(0, i);
    }

    /// <summary>Notes a block that lies between what is acknowledged and what was sent; others are ignored.</summary>
    public void Add(SackBlock block, uint unacknowledged, uint sent)
    {
        if (!TcpSequence.Before(block.Start, block.End) || TcpSequence.Before(block.Start, unacknowledged)
            || TcpSequence.After(block.End, sent) || _ranges.Count >= RangesMax)
        {
            return;
        }

        uint start = block.Start;
        uint end = block.End;
        int i = 0;
        while (i < _ranges.Count && TcpSequence.Before(_ranges[i].End, start))
        {
            i++;
        }

        while (i < _ranges.Count && !TcpSequence.After(_ranges[i].Start, end))
        {
            start = TcpSequence.Min(start, _ranges[i].Start);
            end = TcpSequence.Max(end, _ranges[i].End);
            _ranges.RemoveAt(i);
        }

        _ranges.Insert(i, new SackBlock(start, end));
    }

    /// <summary>The first byte at or after a place that the peer does not have.</summary>
    public uint SkipFrom(uint sequence)
    {
        foreach (SackBlock range in _ranges)
        {
            if (TcpSequence.Before(sequence, range.Start))
            {
                break;
            }

            if (TcpSequence.Before(sequence, range.End))
            {
                return range.End;
            }
        }

        return sequence;
    }

    /// <summary>Where the hole that begins at a place ends, at the latest at <paramref name="otherwise"/>.</summary>
    public uint HoleEnd(uint sequence, uint otherwise)
    {
        foreach (SackBlock range in _ranges)
        {
            if (TcpSequence.After(range.Start, sequence))
            {
                return TcpSequence.Min(range.Start, otherwise);
            }
        }

        return otherwise;
    }
}
