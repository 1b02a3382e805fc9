namespace Emulator.Engine.Execution;

/// <summary>
/// The events that wait, in the one order of events. Putting in and taking out cost the same however many wait.
/// </summary>
/// <remarks>
/// Two rings of 4,096 slots hold lists of unsorted events: the near one has slots of 1,024 ns and covers 4.2 ms, the
/// far one
/// has slots of 4.2 ms and covers 17 s; what lies beyond waits in a heap by time. Time only moves forward: the first
/// near
/// slot is sorted when it becomes the current one, a far slot is spread over the near ring when the near ring is empty.
/// Source of the idea: Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987.
/// </remarks>
public sealed class EventQueue
{
    private const int NearShift = 10;
    private const int FarShift = NearShift + SlotRing.Bits;
    private const int HeapShift = FarShift + SlotRing.Bits;
    private const int SlotMask = SlotRing.Count - 1;

    private readonly EventTable _table = new();
    private readonly CurrentBucket _current;
    private readonly SlotRing _near = new();
    private readonly SlotRing _far = new();
    private readonly TimeHeap _beyond = new();

    /// <summary>
    /// The near slot being emptied, counted from time 0; what falls into it or before goes to the current bucket.
    /// </summary>
    private long _currentSlot = -1;

    /// <summary>The far slot that the near ring covers, counted from time 0.</summary>
    private long _nearSpan;

    /// <summary>The span that the far ring covers, counted from time 0.</summary>
    private long _farSpan;

    /// <summary>The least time of all, or -1 when it must be looked for.</summary>
    private long _leastTime = long.MaxValue;

    /// <summary>An empty queue at time 0.</summary>
    public EventQueue() => _current = new CurrentBucket(_table);

    /// <summary>How many events wait.</summary>
    public int Count { get; private set; }

    /// <summary>The time of the next event, or <see cref="long.MaxValue"/> when none waits.</summary>
    public long NextTime => _leastTime >= 0 ? _leastTime : _leastTime = FindLeastTime();

    /// <summary>Puts an event in. Its time may be earlier than those already taken out; it then comes next.</summary>
    public void Push(in ScheduledEvent scheduled)
    {
        long time = scheduled.Time;
        int place = _table.Add(scheduled);
        Count++;
        if (time < _leastTime)
        {
            _leastTime = time;
        }

        PlaceAt(time, place);
    }

    /// <summary>Takes the next event out if its time is before the limit.</summary>
    public bool TryPop(long limit, out ScheduledEvent scheduled)
    {
        while (_current.IsEmpty)
        {
            if (!Advance(limit))
            {
                scheduled = default;
                return false;
            }
        }

        if (_current.LeastTime >= limit)
        {
            scheduled = default;
            return false;
        }

        _table.Remove(_current.Pop(), out scheduled);
        Count--;
        _leastTime = Count == 0 ? long.MaxValue : -1;
        return true;
    }

    /// <summary>How many packets are under way in the events that wait.</summary>
    public long CountPackets() => _table.CountPackets();

    private void PlaceAt(long time, int place)
    {
        long slot = time >> NearShift;
        long span = time >> FarShift;
        if (slot <= _currentSlot || span < _nearSpan)
        {
            _current.Insert(new EventKey(_table[place], place));
        }
        else if (span == _nearSpan)
        {
            _table[place].Next = _near.Push((int)(slot & SlotMask), place);
        }
        else if (time >> HeapShift == _farSpan)
        {
            _table[place].Next = _far.Push((int)(span & SlotMask), place);
        }
        else
        {
            _beyond.Push(time, place);
        }
    }

    /// <summary>Loads the next near slot, if it begins before the limit.</summary>
    private bool Advance(long limit)
    {
        if (_near.IsEmpty && !AdvanceFar(limit))
        {
            return false;
        }

        int slot = _near.First;
        long absolute = (_nearSpan << SlotRing.Bits) | (uint)slot;
        if (absolute << NearShift >= limit)
        {
            return false;
        }

        _currentSlot = absolute;
        _current.Load(_near.Take(slot));
        return true;
    }

    /// <summary>Spreads the next far slot over the near ring, if it begins before the limit.</summary>
    private bool AdvanceFar(long limit)
    {
        if (_far.IsEmpty && !AdvanceBeyond(limit))
        {
            return false;
        }

        int slot = _far.First;
        long span = (_farSpan << SlotRing.Bits) | (uint)slot;
        if (span << FarShift >= limit)
        {
            return false;
        }

        _nearSpan = span;
        int place = _far.Take(slot);
        while (place >= 0)
        {
            ref ScheduledEvent scheduled = ref _table[place];
            int next = scheduled.Next;
            scheduled.Next = _near.Push((int)((scheduled.Time >> NearShift) & SlotMask), place);
            place = next;
        }

        return true;
    }

    /// <summary>Moves the next span of the heap into the far ring, if its first event is before the limit.</summary>
    /// <remarks>
    /// That event's far slot and near slot begin before the limit too, so both are loaded before the next push.
    /// </remarks>
    private bool AdvanceBeyond(long limit)
    {
        if (_beyond.Count == 0 || _beyond.LeastTime >= limit)
        {
            return false;
        }

        _farSpan = _beyond.LeastTime >> HeapShift;
        _nearSpan = _farSpan << SlotRing.Bits;
        while (_beyond.Count > 0 && _beyond.LeastTime >> HeapShift == _farSpan)
        {
            int place = _beyond.Pop();
            ref ScheduledEvent scheduled = ref _table[place];
            scheduled.Next = _far.Push((int)((scheduled.Time >> FarShift) & SlotMask), place);
        }

        return true;
    }

    private long FindLeastTime()
    {
        if (!_current.IsEmpty)
        {
            return _current.LeastTime;
        }

        if (!_near.IsEmpty)
        {
            return LeastOf(_near);
        }

        return !_far.IsEmpty ? LeastOf(_far) : _beyond.Count > 0 ? _beyond.LeastTime : long.MaxValue;
    }

    private long LeastOf(SlotRing ring)
    {
        long least = long.MaxValue;
        for (int place = ring.Head(ring.First); place >= 0; place = _table[place].Next)
        {
            least = Math.Min(least, _table[place].Time);
        }

        return least;
    }
}
