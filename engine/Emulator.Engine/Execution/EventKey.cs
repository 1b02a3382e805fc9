namespace Emulator.Engine.Execution;

/// <summary>The part of an event that sorting needs, without references, and the place of the whole.</summary>
internal readonly struct EventKey(in ScheduledEvent scheduled, int place) : IComparable<EventKey>
{
    public readonly long Time = scheduled.Time;
    public readonly ulong SenderId = scheduled.SenderId;
    public readonly ulong Sequence = scheduled.Sequence;
    public readonly uint Step = scheduled.Step;
    public readonly int Place = place;

    /// <summary>The order of events but for two senders with one id, which this cannot tell apart.</summary>
    public int CompareTo(EventKey other)
    {
        if (Time != other.Time)
        {
            return Time < other.Time ? -1 : 1;
        }

        if (Step != other.Step)
        {
            return Step < other.Step ? -1 : 1;
        }

        if (SenderId != other.SenderId)
        {
            return SenderId < other.SenderId ? -1 : 1;
        }

        return Sequence.CompareTo(other.Sequence);
    }
}
