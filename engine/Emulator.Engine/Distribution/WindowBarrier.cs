using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// Where all shards of a run stand, and which windows follow from it. Every shard keeps one; they are told the same, so
/// they come to the same.
/// </summary>
/// <remarks>
/// A shard may run until the least instant at which anything that waits in any shard, its own included, could have an
/// effect in it over the wires between shards: its horizon. The shard with the least next event always gets on.
/// Source: Chandy and Misra, "Asynchronous distributed simulation via a sequence of parallel computations", 1981; here
/// in rounds, with distances over several shards taken beforehand.
/// </remarks>
internal sealed class WindowBarrier
{
    /// <summary>The longest window in nanoseconds, where no other shard bounds it.</summary>
    public const long WindowMaxNanoseconds = 10_000_000;

    /// <summary>How many windows a stretch has at most, before its last ones.</summary>
    public const long StretchWindowsMax = 4_096;

    /// <summary>How many bytes a shard keeps at most until the stretch ends, beyond those of a window.</summary>
    public const long KeptBytesMax = 8 << 20;

    private readonly ShardDistances _distances;
    private readonly long[] _next;
    private readonly List<int> _busy = [];
    private long _furthest;
    private long _firstWindow;

    public WindowBarrier(ShardDistances distances)
    {
        _distances = distances;
        _next = new long[distances.Count];
        Array.Fill(_next, long.MaxValue);
        _busy.AddRange(Enumerable.Range(0, distances.Count));
    }

    /// <summary>The window that is open, or the last when the stretch has ended; 0 is the start.</summary>
    public long Window { get; private set; }

    /// <summary>Everything before this is to be run in the stretch.</summary>
    public long Until { get; private set; }

    /// <summary>The shards with work in the open window, by number; every shard in window 0.</summary>
    public IReadOnlyList<int> Busy => _busy;

    /// <summary>Begins a stretch with what came from outside.</summary>
    public void Begin(long until, IReadOnlyList<long> inputTimes)
    {
        Until = until;
        _firstWindow = Window + 1;
        _furthest = 0;
        for (int i = 0; i < _next.Length; i++)
        {
            _next[i] = Math.Min(_next[i], inputTimes[i]);
        }
    }

    /// <summary>Opens the next window; false when the stretch has ended.</summary>
    public bool Open()
    {
        _busy.Clear();
        for (int i = 0; i < _next.Length; i++)
        {
            if (_next[i] < EndOf(i))
            {
                _busy.Add(i);
            }
        }

        if (_busy.Count == 0)
        {
            return false;
        }

        foreach (int shard in _busy)
        {
            _furthest = Math.Max(_furthest, EndOf(shard));
        }

        Window++;
        return true;
    }

    /// <summary>Where the open window ends for a shard.</summary>
    public long EndOf(int shard)
    {
        long end = Math.Min(Until, ShardDistances.After(_next[shard], WindowMaxNanoseconds));
        for (int from = 0; from < _next.Length; from++)
        {
            end = Math.Min(end, ShardDistances.After(_next[from], _distances.Least(from, shard)));
        }

        return end;
    }

    /// <summary>Ends the open window with the notices of all shards that had work in it.</summary>
    public void Close(IReadOnlyList<WindowNotice> notices)
    {
        bool isFull = Window - _firstWindow + 1 >= StretchWindowsMax;
        foreach (WindowNotice notice in notices)
        {
            _next[notice.From] = notice.NextTime;
            isFull |= notice.KeptBytes > KeptBytesMax;
        }

        foreach (WindowNotice notice in notices)
        {
            foreach (BatchTicket ticket in notice.Tickets)
            {
                _next[ticket.To] = Math.Min(_next[ticket.To], ticket.LeastTime);
            }
        }

        if (isFull)
        {
            Until = Math.Min(Until, _furthest); // The others catch up with the furthest, so that all end alike.
        }
    }
}
