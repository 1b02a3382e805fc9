using Emulator.Core.Randomness;

namespace Emulator.Underlay.Qdiscs;

/// <summary>32-bit random numbers each of which resembles the one before.</summary>
/// <remarks>Source: Linux sch_netem.c (get_crandom): new * (1 - rho) + last * rho, in 32-bit fixed point. As there, the
/// stronger the correlation, the nearer the numbers come to their mean, so that thresholds near 0 or 1 are met less
/// often than their chance says.</remarks>
internal struct CorrelatedRandom
{
    private readonly ulong _rho;
    private RandomStream _stream;
    private uint _last;

    /// <summary>Numbers from a stream.</summary>
    public CorrelatedRandom(RandomStream stream, Probability correlation)
    {
        _stream = stream;
        _rho = correlation.Threshold;
        _last = correlation.IsZero ? 0 : Draw();
    }

    /// <summary>The next number.</summary>
    public uint Next()
    {
        uint value = Draw();
        if (_rho == 0)
        {
            return value;
        }

        ulong rho = _rho + 1;
        _last = (uint)(((value * ((1UL << 32) - rho)) + (_last * rho)) >> 32);
        return _last;
    }

    /// <summary>Whether something of this chance happens now.</summary>
    public bool Happens(Probability chance) => chance.Threshold != 0 && chance.Threshold >= Next();

    private uint Draw() => (uint)(_stream.NextUInt64() >> 32);
}
