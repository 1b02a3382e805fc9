using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>Where waiting events live: one growing array of structs, freed places reused last in, first out.</summary>
internal sealed class EventTable
{
    private ScheduledEvent[] _places = new ScheduledEvent[1024];
    private int _used;
    private int _free = -1;

    public ref ScheduledEvent this[int place] => ref _places[place];

    /// <summary>Stores an event and gives its place.</summary>
    public int Add(in ScheduledEvent scheduled)
    {
        int place = _free;
        if (place >= 0)
        {
            _free = _places[place].Next;
        }
        else
        {
            if (_used == _places.Length)
            {
                Array.Resize(ref _places, _used * 2);
            }

            place = _used++;
        }

        _places[place] = scheduled;
        return place;
    }

    /// <summary>Takes an event out; its references are let go.</summary>
    public void Remove(int place, out ScheduledEvent scheduled)
    {
        ref ScheduledEvent at = ref _places[place];
        scheduled = at;
        at.Message = null!; // A free place is never read before Add fills it.
        at.To = null!; // The same.
        at.Sender = null!; // The same.
        at.Next = _free;
        _free = place;
    }

    /// <summary>How many packets the stored messages carry.</summary>
    public long CountPackets()
    {
        long packets = 0;
        for (int i = 0; i < _used; i++)
        {
            packets += ((Message?)_places[i].Message)?.PacketCount ?? 0;
        }

        return packets;
    }
}
