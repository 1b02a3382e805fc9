using Emulator.Core.Randomness;

namespace Emulator.Underlay.Qdiscs;

/// <summary>When the next slot begins and what may still leave in it.</summary>
/// <remarks>Source: Linux sch_netem.c (netem_dequeue, get_slot_next). A slot that has begun before a frame is due is
/// given up and another drawn, when the frame becomes the first in the queue and again when it is due.</remarks>
internal struct SlotClock
{
    private long _next;
    private long _lastDeparture;
    private int _packets;
    private int _bytes;
    private bool _hasBegun;

    /// <summary>When a frame leaves that came at one time and is due at another.</summary>
    public long Take(NetemSlot slot, ref RandomStream dice, int length, long now, long due)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            (_next, _lastDeparture) = (long.MinValue, now);
            (_packets, _bytes) = Full(slot);
        }

        long first = Math.Max(now, _lastDeparture);
        if (_next < due)
        {
            Draw(slot, ref dice, first);
        }

        if (_next < due)
        {
            Draw(slot, ref dice, due);
        }

        long leaves = Math.Max(Math.Max(due, _next), first);
        _lastDeparture = leaves;
        _bytes -= length;
        if (--_packets <= 0 || _bytes <= 0)
        {
            Draw(slot, ref dice, leaves);
        }

        return leaves;
    }

    private void Draw(NetemSlot slot, ref RandomStream dice, long now)
    {
        ulong width = (ulong)(slot.MaxNanoseconds - slot.MinNanoseconds);
        ulong drawn = dice.NextUInt64() >> 32;
        _next = now + slot.MinNanoseconds + (long)(((UInt128)drawn * width) >> 32);
        (_packets, _bytes) = Full(slot);
    }

    private static (int Packets, int Bytes) Full(NetemSlot slot) =>
        (slot.Packets == 0 ? int.MaxValue : slot.Packets, slot.Bytes == 0 ? int.MaxValue : slot.Bytes);
}
