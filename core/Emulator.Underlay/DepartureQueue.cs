namespace Emulator.Underlay;

/// <summary>When the frames that wait for a wire will have left: a ring of instants that only rise.</summary>
internal sealed class DepartureQueue
{
    private long[] _instants = new long[16];
    private int _head;

    public int Count { get; private set; }

    public void Enqueue(long instant)
    {
        if (Count == _instants.Length)
        {
            long[] larger = new long[Count * 2];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = _instants[(_head + i) & (Count - 1)];
            }

            _instants = larger;
            _head = 0;
        }

        _instants[(_head + Count++) & (_instants.Length - 1)] = instant;
    }

    /// <summary>Forgets those that have left by now.</summary>
    public void RemoveUntil(long now)
    {
        while (Count > 0 && _instants[_head] <= now)
        {
            _head = (_head + 1) & (_instants.Length - 1);
            Count--;
        }
    }
}
