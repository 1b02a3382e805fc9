using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>The bytes that a process gave a connection and that the peer has not acknowledged, by sequence
/// number.</summary>
internal sealed class TcpSendBuffer
{
    private readonly List<(uint Start, Payload Bytes)> _list = [];

    /// <summary>Sequence number of the first byte kept.</summary>
    public uint Start { get; private set; }

    /// <summary>Sequence number after the last byte.</summary>
    public uint End { get; private set; }

    /// <summary>Bytes kept.</summary>
    public int Length => (int)(End - Start);

    /// <summary>Begins at a sequence number.</summary>
    public void Reset(uint start)
    {
        Start = start;
        End = start;
        _list.Clear();
    }

    /// <summary>Appends one write.</summary>
    public void Append(Payload bytes)
    {
        _list.Add((End, bytes));
        End += (uint)bytes.Length;
    }

    /// <summary>Forgets what was acknowledged.</summary>
    public void DiscardBefore(uint sequence)
    {
        uint to = TcpSequence.Min(sequence, End);
        if (!TcpSequence.After(to, Start))
        {
            return;
        }

        Start = to;
        int whole = 0;
        while (whole < _list.Count && !TcpSequence.After(EndOf(whole), Start))
        {
            whole++;
        }

        _list.RemoveRange(0, whole);
    }

    /// <summary>The bytes from a sequence number on, and whether they end a write.</summary>
    public Payload Read(uint sequence, int length, out bool endsWrite)
    {
        int i = Find(sequence);
        (uint start, Payload bytes) = _list[i];
        int offset = (int)(sequence - start);
        int inFirst = Math.Min(length, bytes.Length - offset);
        if (inFirst == length)
        {
            endsWrite = offset + length == bytes.Length;
            return bytes.Slice(offset, length);
        }

        return Join(i, offset, length, out endsWrite);
    }

    private Payload Join(int i, int offset, int length, out bool endsWrite)
    {
        endsWrite = false;
        bool onlyFiller = true;
        var pieces = new List<Payload>();
        for (int left = length; left > 0; i++, offset = 0)
        {
            Payload bytes = _list[i].Bytes;
            int take = Math.Min(left, bytes.Length - offset);
            pieces.Add(bytes.Slice(offset, take));
            onlyFiller &= bytes is FillerPayload;
            left -= take;
            endsWrite = offset + take == bytes.Length;
        }

        if (onlyFiller)
        {
            return new FillerPayload(length);
        }

        byte[] joined = new byte[length];
        int at = 0;
        foreach (Payload piece in pieces)
        {
            piece.CopyTo(joined.AsSpan(at));
            at += piece.Length;
        }

        return new BytesPayload(joined);
    }

    // The writes are in order of sequence number: binary search.
    private int Find(uint sequence)
    {
        int low = 0;
        int high = _list.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (TcpSequence.After(_list[middle].Start, sequence))
            {
                high = middle - 1;
            }
            else
            {
                low = middle;
            }
        }

        return low;
    }

    private uint EndOf(int i) => _list[i].Start + (uint)_list[i].Bytes.Length;
}
