namespace Emulator.Underlay.Qdiscs;

/// <summary>How many frames are still waiting, when each has its time to leave and these are not in order.</summary>
internal sealed class DepartureHeap
{
    private long[] _instants = new long[16];

    /// <summary>Frames waiting.</summary>
    public int Count { get; private set; }

    /// <summary>One more.</summary>
    public void Add(long instant)
    {
        if (Count == _instants.Length)
        {
            Array.Resize(ref _instants, Count * 2);
        }

        int place = Count++;
        while (place > 0 && _instants[(place - 1) / 2] > instant)
        {
            _instants[place] = _instants[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        _instants[place] = instant;
    }

    /// <summary>Forgets those that have left by now.</summary>
    public void RemoveUntil(long now)
    {
        while (Count > 0 && _instants[0] <= now)
        {
            RemoveFirst();
        }
    }

    private void RemoveFirst()
    {
        long last = _instants[--Count];
        int place = 0;
        while ((2 * place) + 1 < Count)
        {
            int child = (2 * place) + 1;
            if (child + 1 < Count && _instants[child + 1] < _instants[child])
            {
                child++;
            }

            if (_instants[child] >= last)
            {
                break;
            }

            _instants[place] = _instants[child];
            place = child;
        }

        _instants[place] = last;
    }
}
