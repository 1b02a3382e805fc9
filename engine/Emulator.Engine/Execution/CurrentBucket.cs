namespace Emulator.Engine.Execution;

/// <summary>
/// The events of the instant and its neighbourhood, in the full order: a sorted run that was loaded at once, and a
/// small heap
/// for those that came while it was being emptied.
/// </summary>
internal sealed class CurrentBucket(EventTable table)
{
    private const int InsertionSortMax = 24;

    private EventKey[] _run = new EventKey[64];
    private int _head;
    private int _end;
    private EventKey[] _late = new EventKey[64];
    private int _lateCount;

    public bool IsEmpty => _head == _end && _lateCount == 0;

    /// <summary>The time of the least event. Call only when not empty.</summary>
    public long LeastTime => LateIsNext() ? _late[0].Time : _run[_head].Time;

    /// <summary>Takes a whole list of places. Call only when empty.</summary>
    public void Load(int place)
    {
        _head = 0;
        _end = 0;
        while (place >= 0)
        {
            if (_end == _run.Length)
            {
                Array.Resize(ref _run, _end * 2);
            }

            ref ScheduledEvent scheduled = ref table[place];
            _run[_end++] = new EventKey(scheduled, place);
            place = scheduled.Next;
        }

        if (_end > 1)
        {
            Sort();
        }
    }

    /// <summary>Puts one more event among the present ones.</summary>
    public void Insert(in EventKey key)
    {
        if (_lateCount == _late.Length)
        {
            Array.Resize(ref _late, _lateCount * 2);
        }

        int hole = _lateCount++;
        while (hole > 0)
        {
            int parent = (hole - 1) >> 1;
            if (!IsBefore(key, _late[parent]))
            {
                break;
            }

            _late[hole] = _late[parent];
            hole = parent;
        }

        _late[hole] = key;
    }

    /// <summary>Takes the least event's place. Call only when not empty.</summary>
    public int Pop() => LateIsNext() ? PopLate() : _run[_head++].Place;

    private bool LateIsNext() => _lateCount > 0 && (_head == _end || IsBefore(_late[0], _run[_head]));

    private int PopLate()
    {
        int result = _late[0].Place;
        EventKey last = _late[--_lateCount];
        int hole = 0;
        while (true)
        {
            int child = (hole << 1) + 1;
            if (child >= _lateCount)
            {
                break;
            }

            if (child + 1 < _lateCount && IsBefore(_late[child + 1], _late[child]))
            {
                child++;
            }

            if (!IsBefore(_late[child], last))
            {
                break;
            }

            _late[hole] = _late[child];
            hole = child;
        }

        _late[hole] = last;
        return result;
    }

    private void Sort()
    {
        if (_end <= InsertionSortMax)
        {
            InsertionSort(0, _end);
            return;
        }

        _run.AsSpan(0, _end).Sort();
        SortRunsOfOneId();
    }

    /// <summary>Different senders with one id are neighbours now, but only their names order them.</summary>
    private void SortRunsOfOneId()
    {
        for (int start = 0; start < _end;)
        {
            int next = start + 1;
            bool mixed = false;
            while (next < _end && SameButSequence(_run[start], _run[next]))
            {
                mixed |= !ReferenceEquals(table[_run[start].Place].Sender, table[_run[next].Place].Sender);
                next++;
            }

            if (mixed)
            {
                InsertionSort(start, next);
            }

            start = next;
        }
    }

    private void InsertionSort(int start, int end)
    {
        for (int i = start + 1; i < end; i++)
        {
            EventKey key = _run[i];
            int hole = i;
            while (hole > start && IsBefore(key, _run[hole - 1]))
            {
                _run[hole] = _run[hole - 1];
                hole--;
            }

            _run[hole] = key;
        }
    }

    private bool IsBefore(in EventKey left, in EventKey right) =>
        left.Time != right.Time ? left.Time < right.Time
        : left.Step != right.Step ? left.Step < right.Step
        : left.SenderId != right.SenderId ? left.SenderId < right.SenderId
        : ScheduledEvent.Compare(table[left.Place], table[right.Place]) < 0;

    private static bool SameButSequence(in EventKey left, in EventKey right) =>
        left.Time == right.Time && left.Step == right.Step && left.SenderId == right.SenderId;
}
