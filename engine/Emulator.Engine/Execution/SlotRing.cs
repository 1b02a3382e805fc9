using System.Numerics;

namespace Emulator.Engine.Execution;

/// <summary>
/// 4,096 linked lists of places in a table, with a bitmap that finds the first list that is not empty in two steps.
/// </summary>
internal sealed class SlotRing
{
    /// <summary>Bits of a slot number.</summary>
    public const int Bits = 12;

    /// <summary>How many slots there are.</summary>
    public const int Count = 1 << Bits;

    private readonly int[] _heads = new int[Count];
    private readonly ulong[] _occupied = new ulong[Count / 64];
    private ulong _words;

    public bool IsEmpty => _words == 0;

    /// <summary>The first slot that holds something. Call only when not empty.</summary>
    public int First
    {
        get
        {
            int word = BitOperations.TrailingZeroCount(_words);
            return (word << 6) | BitOperations.TrailingZeroCount(_occupied[word]);
        }
    }

    /// <summary>The first place in a slot's list. Call only for an occupied slot.</summary>
    public int Head(int slot) => _heads[slot];

    /// <summary>Puts a place at the head of a slot's list.</summary>
    /// <returns>The place that was the head, or -1.</returns>
    public int Push(int slot, int place)
    {
        int word = slot >> 6;
        ulong bit = 1UL << (slot & 63);
        int before = (_occupied[word] & bit) == 0 ? -1 : _heads[slot];
        _heads[slot] = place;
        _occupied[word] |= bit;
        _words |= 1UL << word;
        return before;
    }

    /// <summary>Empties a slot and gives the head of its list.</summary>
    public int Take(int slot)
    {
        int word = slot >> 6;
        _occupied[word] &= ~(1UL << (slot & 63));
        if (_occupied[word] == 0)
        {
            _words &= ~(1UL << word);
        }

        return _heads[slot];
    }
}
