using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers;

/// <summary>The keys of objects that a controller must look at: each at most once in the queue, and never while it is
/// worked on.</summary>
/// <remarks>
/// Source: client-go's rate-limiting work queue: a key added while it is worked on is looked at again afterwards;
/// failures are retried after 5 ms, doubling to 1,000 s. Beside that a key rests for the queue's interval between two
/// looks, which stands for the time that real workers take and makes one look of many events. Left out: the overall
/// limit of 10 retries a second.
/// </remarks>
public sealed class WorkQueue(SimDuration interval)
{
    private static readonly SimDuration RetryFirst = SimDuration.FromMilliseconds(5);
    private static readonly SimDuration RetryMax = SimDuration.FromSeconds(1_000);

    private readonly Queue<ObjectKey> _ready = new();
    private readonly HashSet<ObjectKey> _queued = [];
    private readonly HashSet<ObjectKey> _working = [];
    private readonly HashSet<ObjectKey> _again = [];
    private readonly SortedDictionary<(SimTime Time, long Order), ObjectKey> _delayed = [];
    private readonly Dictionary<ObjectKey, (SimTime Time, long Order)> _delayedAt = [];
    private readonly Dictionary<ObjectKey, SimTime> _restsUntil = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private long _order;

    /// <summary>When the next delayed key is due, or null.</summary>
    public SimTime? NextDue
    {
        get
        {
            foreach (((SimTime time, _), _) in _delayed)
            {
                return time;
            }

            return null;
        }
    }

    /// <summary>Something about this object changed.</summary>
    public void Add(ObjectKey key, SimTime now)
    {
        if (_working.Contains(key))
        {
            _again.Add(key);
        }
        else if (_restsUntil.TryGetValue(key, out SimTime rested) && rested > now)
        {
            AddAt(key, rested);
        }
        else if (_queued.Add(key))
        {
            _ready.Enqueue(key);
        }
    }

    /// <summary>Look at this object at a time; the earliest of several counts.</summary>
    public void AddAt(ObjectKey key, SimTime time)
    {
        if (_delayedAt.TryGetValue(key, out (SimTime Time, long Order) before))
        {
            if (before.Time <= time)
            {
                return;
            }

            _delayed.Remove(before);
        }

        (SimTime, long) at = (time, ++_order);
        _delayed.Add(at, key);
        _delayedAt[key] = at;
    }

    /// <summary>It failed: look again after a delay that doubles with each failure.</summary>
    public void Retry(ObjectKey key, SimTime now)
    {
        int failures = _failures.GetValueOrDefault(key);
        _failures[key] = failures + 1;
        SimDuration delay = failures < 18 ? RetryFirst * (1L << failures) : RetryMax;
        AddAt(key, now + (delay > RetryMax ? RetryMax : delay));
    }

    /// <summary>It went well: the next failure starts from the shortest delay.</summary>
    public void Forget(ObjectKey key) => _failures.Remove(key);

    /// <summary>Takes the next key to work on; call <see cref="Done"/> when that is over.</summary>
    public bool TryTake(SimTime now, out ObjectKey key)
    {
        while (NextDue is SimTime due && due <= now)
        {
            KeyValuePair<(SimTime Time, long Order), ObjectKey> first = _delayed.First();
            _delayed.Remove(first.Key);
            _delayedAt.Remove(first.Value);
            Add(first.Value, now);
        }

        if (!_ready.TryDequeue(out key))
        {
            return false;
        }

        _queued.Remove(key);
        _working.Add(key);
        return true;
    }

    /// <summary>The work on a key is over, its requests answered.</summary>
    public void Done(ObjectKey key, SimTime now)
    {
        _working.Remove(key);
        if (interval > SimDuration.Zero)
        {
            _restsUntil[key] = now + interval;
        }

        if (_again.Remove(key))
        {
            Add(key, now);
        }
    }

    /// <summary>The object is gone: nothing about it is kept.</summary>
    public void Drop(ObjectKey key)
    {
        _failures.Remove(key);
        _restsUntil.Remove(key);
    }
}
