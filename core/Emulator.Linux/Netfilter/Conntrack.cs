using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Netfilter;

/// <summary>The connections that one namespace tracks: a hash table over both directions' tuples.</summary>
/// <remarks>
/// Source: nf_conntrack_core. Entries end lazily: when they are looked up, listed, or met by the small sweep that
/// each new entry pays for. The bound is <see cref="ConntrackSettings.Max"/>; a full table first gives up a
/// connection that is not [ASSURED], near where it looks, and else refuses the new one (<c>ConntrackFull</c>).
/// </remarks>
public sealed class Conntrack
{
    /// <summary>Slots that a full table looks at for a connection to give up.</summary>
    private const int EarlyDropSlotsMax = 64;

    /// <summary>Slots that each new entry sweeps.</summary>
    private const int SweepSlots = 2;

    /// <summary>Buckets of the first table.</summary>
    private const int BucketsMin = 16;

    /// <summary>
    /// Buckets an entry, below which the table doubles. An entry has two tuples, and each that stands in the way of
    /// another in a bucket costs a look-up a miss of the processor's cache.
    /// </summary>
    private const int BucketsPerEntry = 4;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly ConntrackSlab _slab = new();
    private int[] _buckets = [];
    private int _sweep;

    /// <summary>The timeouts and the bound.</summary>
    public ConntrackSettings Settings { get; set; } = ConntrackSettings.Default;

    /// <summary>nf_conntrack_count: connections in memory, ended ones that nobody has met yet included.</summary>
    public int Count => _slab.Count;

    /// <summary>The connections at a moment, by protocol, then original source, destination and ports.</summary>
    public IReadOnlyList<ConntrackRow> List(SimTime now)
    {
        List<ConntrackRow> rows = [];
        for (int i = 0; i < _slab.Slots; i++)
        {
            ref ConntrackEntry entry = ref _slab[i];
            if (entry.Has(ConntrackFlags.Confirmed) && !entry.Has(ConntrackFlags.NatClash)
                && entry.ExpiresAt > now.Nanoseconds)
            {
                rows.Add(RowOf(entry, now.Nanoseconds));
            }
        }

        rows.Sort();
        return rows;
    }

    /// <summary><c>conntrack -D</c>: forgets the connections that fit; the count of them.</summary>
    public int Delete(DeleteConntrack filter, SimTime now)
    {
        int deleted = 0;
        for (int i = 0; i < _slab.Slots; i++)
        {
            ref ConntrackEntry entry = ref _slab[i];
            if (entry.Has(ConntrackFlags.Confirmed) && entry.Original.Protocol == filter.Protocol
                && Fits(filter.OriginalDestination, entry.Original.Destination)
                && (filter.OriginalDestinationPort is not ushort port || port == entry.Original.DestinationPort)
                && Fits(filter.ReplySource, entry.Reply.Source))
            {
                Kill(i, now.Nanoseconds);
                deleted++;
            }
        }

        return deleted;
    }

    /// <summary>Forgets all connections (<c>conntrack -F</c>).</summary>
    public void Flush(SimTime now)
    {
        for (int i = 0; i < _slab.Slots; i++)
        {
            if (_slab[i].Has(ConntrackFlags.Confirmed))
            {
                Kill(i, now.Nanoseconds);
            }
        }
    }

    internal ref ConntrackEntry this[int index] => ref _slab[index];

    internal ulong IdOf(int index) => _slab.IdOf(index);

    internal int Resolve(ulong id) => _slab.Resolve(id);

    internal static ConntrackRow RowOf(in ConntrackEntry entry, long now) => new(entry, now);

    /// <summary>The living entry that has a tuple in either direction, or -1.</summary>
    internal int Find(in ConntrackTuple tuple, long now, out bool reply)
    {
        reply = false;
        if (_buckets.Length == 0)
        {
            return -1;
        }

        int node = _buckets[BucketOf(tuple)];
        while (node != 0)
        {
            int index = (node - 1) >> 1;
            reply = ((node - 1) & 1) != 0;
            ref ConntrackEntry entry = ref _slab[index];
            node = reply ? entry.NextReply : entry.NextOriginal;
            if ((reply ? entry.Reply : entry.Original) == tuple)
            {
                if (entry.ExpiresAt > now)
                {
                    return index;
                }

                Unlink(index, now);
                _slab.Free(index);
                return -1;
            }
        }

        return -1;
    }

    /// <summary>A new entry outside the table, or -1 when the table is full of connections that count.</summary>
    internal int TryCreate(in ConntrackTuple original, long now)
    {
        _slab.Reclaim(now);
        Sweep(SweepSlots, false, now);
        if (_slab.Count >= Settings.Max && !Sweep(EarlyDropSlotsMax, true, now))
        {
            return -1;
        }

        return _slab.Take(original, now);
    }

    /// <summary>Puts an entry into the table; with <paramref name="replyOnly"/> only under its reply tuple.</summary>
    internal void Link(int index, bool replyOnly)
    {
        _slab.LeaveLimbo(index);
        ref ConntrackEntry entry = ref _slab[index];
        entry.Flags |= ConntrackFlags.Confirmed | (replyOnly ? ConntrackFlags.NatClash : ConntrackFlags.None);
        if (_slab.Count * BucketsPerEntry > _buckets.Length)
        {
            Grow();
        }
        else
        {
            Insert(index, ref entry);
        }
    }

    /// <summary>A tracked TCP connection counts as closed; other ids are passed over.</summary>
    internal void SetClosing(ulong id, long now)
    {
        int index = id == 0 || id == ConntrackTracker.UntrackedId ? -1 : Resolve(id);
        if (index >= 0 && this[index].Tcp != TcpConntrackState.None)
        {
            ref ConntrackEntry entry = ref this[index];
            entry.Tcp = TcpConntrackState.Close;
            entry.ExpiresAt = After(now, Settings.Of(TcpConntrackState.Close));
        }
    }

    /// <summary>Takes an entry out of the table at once; its packet may still refer to it for a moment.</summary>
    internal void Kill(int index, long now)
    {
        if (_slab[index].Has(ConntrackFlags.Confirmed))
        {
            Unlink(index, now);
        }
    }

    /// <summary>The packet of an unconfirmed entry has ended: the entry goes with it.</summary>
    internal void Abandon(int index)
    {
        if (!_slab[index].Has(ConntrackFlags.Confirmed | ConntrackFlags.Dying))
        {
            _slab.Free(index);
        }
    }

    internal static long After(long now, int seconds) => now + (seconds * NanosecondsPerSecond);

    private static bool Fits(IPv4Address? wanted, IPv4Address address) =>
        wanted is not IPv4Address some || some == address;

    private int BucketOf(in ConntrackTuple tuple) => (int)(tuple.Hash & (uint)(_buckets.Length - 1));

    /// <summary>
    /// Frees ended entries among the next slots; when <paramref name="early"/>, one unassured entry will do.
    /// </summary>
    private bool Sweep(int slots, bool early, long now)
    {
        bool freed = false;
        for (int i = 0; i < Math.Min(slots, _slab.Slots) && !(early && freed); i++)
        {
            _sweep = _sweep + 1 >= _slab.Slots ? 0 : _sweep + 1;
            ref ConntrackEntry entry = ref _slab[_sweep];
            if (entry.Has(ConntrackFlags.Confirmed)
                && (entry.ExpiresAt <= now || (early && !entry.Has(ConntrackFlags.Assured))))
            {
                Unlink(_sweep, now);
                _slab.Free(_sweep);
                freed = true;
            }
        }

        return freed;
    }

    private void Grow()
    {
        _buckets = new int[Math.Max(BucketsMin, _buckets.Length * 2)];
        for (int i = 0; i < _slab.Slots; i++)
        {
            ref ConntrackEntry entry = ref _slab[i];
            if (entry.Has(ConntrackFlags.Confirmed))
            {
                Insert(i, ref entry);
            }
        }
    }

    private void Insert(int index, ref ConntrackEntry entry)
    {
        if (!entry.Has(ConntrackFlags.NatClash))
        {
            ref int original = ref _buckets[BucketOf(entry.Original)];
            entry.NextOriginal = original;
            original = (index << 1) + 1;
        }

        ref int reply = ref _buckets[BucketOf(entry.Reply)];
        entry.NextReply = reply;
        reply = (index << 1) + 2;
    }

    private void Unlink(int index, long now)
    {
        ref ConntrackEntry entry = ref _slab[index];
        if (!entry.Has(ConntrackFlags.NatClash))
        {
            Remove(BucketOf(entry.Original), (index << 1) + 1);
        }

        Remove(BucketOf(entry.Reply), (index << 1) + 2);
        entry.Flags = (entry.Flags & ~ConntrackFlags.Confirmed) | ConntrackFlags.Dying;
        _slab.EnterLimbo(index, now);
    }

    private void Remove(int bucket, int wanted)
    {
        ref int link = ref _buckets[bucket];
        while (link != wanted)
        {
            ref ConntrackEntry entry = ref _slab[(link - 1) >> 1];
            link = ref ((link - 1) & 1) != 0 ? ref entry.NextReply : ref entry.NextOriginal;
        }

        ref ConntrackEntry removed = ref _slab[(wanted - 1) >> 1];
        link = ((wanted - 1) & 1) != 0 ? removed.NextReply : removed.NextOriginal;
    }
}
