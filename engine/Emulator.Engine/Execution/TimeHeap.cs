namespace Emulator.Engine.Execution;

/// <summary>
/// A 4-ary heap of (time, place): what lies too far ahead for the rings. Equal times come out in no order.
/// </summary>
internal sealed class TimeHeap
{
    private (long Time, int Place)[] _entries = new (long, int)[256];

    public int Count { get; private set; }

    /// <summary>The least time. Call only when not empty.</summary>
    public long LeastTime => _entries[0].Time;

    public void Push(long time, int place)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        (long, int)[] entries = _entries;
        int hole = Count++;
        while (hole > 0)
        {
            int parent = (hole - 1) >> 2;
            if (_entries[parent].Time <= time)
            {
                break;
            }

            entries[hole] = entries[parent];
            hole = parent;
        }

        entries[hole] = (time, place);
    }

    /// <summary>Takes the place with the least time.</summary>
    public int Pop()
    {
        (long Time, int Place)[] entries = _entries;
        int result = entries[0].Place;
        (long Time, int Place) last = entries[--Count];
        int hole = 0;
        while (true)
        {
            int child = (hole << 2) + 1;
            if (child >= Count)
            {
                break;
            }

            int least = child;
            int end = Math.Min(child + 4, Count);
            for (int i = child + 1; i < end; i++)
            {
                if (entries[i].Time < entries[least].Time)
                {
                    least = i;
                }
            }

            if (entries[least].Time >= last.Time)
            {
                break;
            }

            entries[hole] = entries[least];
            hole = least;
        }

        entries[hole] = last;
        return result;
    }
}
