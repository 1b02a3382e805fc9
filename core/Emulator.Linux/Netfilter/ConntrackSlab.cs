namespace Emulator.Linux.Netfilter;

/// <summary>
/// The memory of the connection table: slots that are reused, each with a generation that makes old ids find nobody,
/// and the queue of connections that are outside the table (not confirmed yet, or just taken out) until their packet
/// is gone.
/// </summary>
/// <remarks>
/// A packet passes from its first hook to its last in less than <see cref="LimboNanoseconds"/>, so slots are
/// taken back by age and nobody has to say that a packet has ended.
/// </remarks>
internal sealed class ConntrackSlab
{
    /// <summary>
    /// How long an entry outside the table is kept for its packet: ten seconds of virtual time. A bridged packet may
    /// wait three seconds for a neighbour between PREROUTING and POSTROUTING.
    /// </summary>
    public const long LimboNanoseconds = 10_000_000_000;

    private const int None = -1;

    private ConntrackEntry[] _entries = [];
    private int _free = None;
    private int _limboHead = None;
    private int _limboTail = None;

    /// <summary>How many slots were ever in use: indices below it may be looked at.</summary>
    public int Slots { get; private set; }

    /// <summary>How many slots are in use.</summary>
    public int Count { get; private set; }

    public ref ConntrackEntry this[int index] => ref _entries[index];

    /// <summary>The id of a slot's present entry; never below 2^32.</summary>
    public ulong IdOf(int index) => ((ulong)_entries[index].Generation << 32) | (uint)index;

    /// <summary>The slot of an id, or -1 when that entry is gone.</summary>
    public int Resolve(ulong id)
    {
        uint index = (uint)id;
        return index < (uint)Slots && _entries[index].Generation == (uint)(id >> 32)
            && (_entries[index].Flags & ConntrackFlags.InUse) != 0 ? (int)index : None;
    }

    /// <summary>Takes a slot for a connection that is not in the table yet.</summary>
    public int Take(in ConntrackTuple original, long now)
    {
        int index = _free;
        if (index != None)
        {
            _free = _entries[index].NextOriginal;
        }
        else
        {
            if (Slots == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Max(4, _entries.Length * 2));
            }

            index = Slots++;
        }

        Count++;
        ref ConntrackEntry entry = ref _entries[index];
        uint generation = entry.Generation == 0 ? 1 : entry.Generation;
        entry = new ConntrackEntry
        {
            Original = original,
            Reply = original.Inverse,
            Generation = generation,
            Flags = ConntrackFlags.InUse,
        };
        EnterLimbo(index, now);
        return index;
    }

    /// <summary>Gives back a slot that is outside the table.</summary>
    public void Free(int index)
    {
        LeaveLimbo(index);
        ref ConntrackEntry entry = ref _entries[index];
        entry.Flags = ConntrackFlags.None;
        entry.Generation = entry.Generation == uint.MaxValue ? 1 : entry.Generation + 1;
        entry.NextOriginal = _free;
        _free = index;
        Count--;
    }

    /// <summary>Gives back at most two slots whose packets are long gone.</summary>
    public void Reclaim(long now)
    {
        for (int i = 0; i < 2 && _limboHead != None && _entries[_limboHead].Since + LimboNanoseconds <= now; i++)
        {
            Free(_limboHead);
        }
    }

    /// <summary>Puts an entry that left the table at the end of the queue.</summary>
    public void EnterLimbo(int index, long now)
    {
        ref ConntrackEntry entry = ref _entries[index];
        entry.Since = now;
        entry.NextOriginal = None;
        entry.NextReply = _limboTail;
        if (_limboTail == None)
        {
            _limboHead = index;
        }
        else
        {
            _entries[_limboTail].NextOriginal = index;
        }

        _limboTail = index;
    }

    /// <summary>Takes an entry out of the queue, for the table or the free list.</summary>
    public void LeaveLimbo(int index)
    {
        ref ConntrackEntry entry = ref _entries[index];
        int next = entry.NextOriginal;
        int previous = entry.NextReply;
        if (previous == None)
        {
            _limboHead = next;
        }
        else
        {
            _entries[previous].NextOriginal = next;
        }

        if (next == None)
        {
            _limboTail = previous;
        }
        else
        {
            _entries[next].NextReply = previous;
        }
    }
}
