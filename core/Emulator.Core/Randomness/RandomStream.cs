using Emulator.Core.Actors;

namespace Emulator.Core.Randomness;

/// <summary>
/// One actor's dice for one purpose: a SplitMix64 generator seeded from (run seed, actor id, purpose).
/// </summary>
/// <remarks>
/// A stream belongs to one actor, so what others draw never changes it. It is mutable state of that actor; keep it in a
/// field, never in a message. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
/// </remarks>
public struct RandomStream
{
    private ulong _state;

    private RandomStream(ulong state) => _state = state;

    /// <summary>The stream of a run seed, an actor and a purpose such as <c>statistic</c>.</summary>
    public static RandomStream For(ulong seed, ActorId actor, string purpose) =>
        new(StableHash.Combine(StableHash.Combine(StableHash.Finish(seed), actor.Value), StableHash.Of(purpose)));

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        return StableHash.Finish(_state);
    }

    /// <summary>A whole number from 0 up to, not including, <paramref name="bound"/>, without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is zero.</exception>
    public uint NextBelow(uint bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        // Lemire's method: the high half of a 32 x 32 bit product, rejecting the few values that would be biased.
        ulong product = (NextUInt64() >> 32) * bound;
        if ((uint)product < bound)
        {
            uint threshold = (0u - bound) % bound;
            while ((uint)product < threshold)
            {
                product = (NextUInt64() >> 32) * bound;
            }
        }

        return (uint)(product >> 32);
    }

    /// <summary>True with the given chance.</summary>
    public bool Chance(Ratio chance) => chance.Numerator > 0 && NextBelow(chance.Denominator) < chance.Numerator;
}
