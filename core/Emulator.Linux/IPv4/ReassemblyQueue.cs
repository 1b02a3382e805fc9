using Emulator.Core.Packets;

namespace Emulator.Linux.IPv4;

/// <summary>What becomes of a piece that is added to those of its packet.</summary>
internal enum PieceFate : byte
{
    /// <summary>It is kept.</summary>
    Kept,

    /// <summary>All that it has was there.</summary>
    Copy,

    /// <summary>It does not fit the others.</summary>
    Misfit,
}

/// <summary>The pieces of one packet that have come, in the order of their places.</summary>
/// <remarks>Source: ip_frag_queue and inet_frag_queue_insert in net/ipv4.</remarks>
internal sealed class ReassemblyQueue(uint generation)
{
    private readonly List<IPv4Packet> _pieces = [];
    private int _length;
    private bool _hasLast;

    /// <summary>Tells the queue from those of the same key before it.</summary>
    public uint Generation { get; } = generation;

    /// <summary>The pieces, in the order of their places.</summary>
    public IReadOnlyList<IPv4Packet> Pieces => _pieces;

    /// <summary>Whether nothing is missing.</summary>
    public bool IsComplete => _hasLast && _pieces[0].FragmentOffset == 0 && EndOfRun(0) == _length;

    /// <summary>Takes a piece, or not.</summary>
    public PieceFate Add(IPv4Packet piece)
    {
        int start = piece.FragmentOffset;
        int end = start + piece.Payload.Length;
        if (piece.MoreFragments)
        {
            end &= ~7; // All but the last are whole words: an odd rest is cut off.
        }

        // The last one says how long the whole is; no other may reach beyond, nor may there be another end.
        bool fits = piece.MoreFragments ? !_hasLast || end <= _length : end >= _length && (!_hasLast || end == _length);
        if (!fits || end <= start || end > ushort.MaxValue)
        {
            return PieceFate.Misfit;
        }

        int place = 0;
        while (place < _pieces.Count && _pieces[place].FragmentOffset <= start)
        {
            place++;
        }

        PieceFate fate = Compare(place, start, end);
        if (fate == PieceFate.Kept)
        {
            _hasLast |= !piece.MoreFragments;
            _length = Math.Max(_length, end);
            _pieces.Insert(place, Shorten(piece, end - start));
        }

        return fate;
    }

    /// <summary>What the pieces carried together.</summary>
    public DecodeError TryJoin(out TransportPayload? whole)
    {
        if (_pieces[0].Payload is FragmentPayload first && first.Whole.Length == _length
            && _pieces.TrueForAll(p => IsOf(first, _pieces[0].Identity, p)))
        {
            whole = first.Whole;
            return DecodeError.None;
        }

        byte[] bytes = new byte[_length];
        foreach (IPv4Packet piece in _pieces)
        {
            Span<byte> place = bytes.AsSpan(piece.FragmentOffset, piece.Payload.Length);
            TransportEncoder.Encode(piece.Payload, piece.Source, piece.Destination, place);
        }

        return PacketDecoder.DecodeTransport(_pieces[0], bytes, out whole);
    }

    // Cut here or on the way from one object; another process made objects of its own of a packet's pieces.
    private static bool IsOf(FragmentPayload first, in PacketIdentity identity, IPv4Packet piece) =>
        piece.Payload is FragmentPayload other && other.Offset == piece.FragmentOffset
        && (ReferenceEquals(other.Whole, first.Whole)
            || (piece.Identity == identity && other.Whole.Length == first.Whole.Length));

    private PieceFate Compare(int place, int start, int end)
    {
        bool overlapsNext = place < _pieces.Count && _pieces[place].FragmentOffset < end;
        if (place == 0 || EndOf(_pieces[place - 1]) <= start)
        {
            return overlapsNext ? PieceFate.Misfit : PieceFate.Kept;
        }

        // What lies within pieces that join on to each other is a copy; anything else overlaps.
        return end <= EndOfRun(place - 1) ? PieceFate.Copy : PieceFate.Misfit;
    }

    private int EndOfRun(int place)
    {
        int end = EndOf(_pieces[place]);
        while (++place < _pieces.Count && _pieces[place].FragmentOffset == end)
        {
            end = EndOf(_pieces[place]);
        }

        return end;
    }

    private static int EndOf(IPv4Packet piece) => piece.FragmentOffset + piece.Payload.Length;

    private static IPv4Packet Shorten(IPv4Packet piece, int length) => piece.Payload.Length == length ? piece
        : piece with { Payload = Fragmentation.Slice(piece.Payload, 0, length) };
}
