using System.Diagnostics;

namespace Emulator.Engine.Clocks;

/// <summary>Says how far virtual time may have come by now in a paced run.</summary>
/// <param name="factorThousandths">Virtual time per wall time, in thousandths.</param>
/// <param name="virtualStartNanoseconds">The virtual time at which pacing begins.</param>
/// <param name="wallTicks">The wall clock, in ticks of <see cref="Stopwatch.Frequency"/>; a test gives its own.</param>
internal sealed class Pacer(long factorThousandths, long virtualStartNanoseconds, Func<long> wallTicks)
{
    private readonly long _wallStart = wallTicks();

    /// <summary>The latest virtual time that is not ahead of the wall clock.</summary>
    public long AllowedNanoseconds
    {
        get
        {
            Int128 elapsed = (Int128)(wallTicks() - _wallStart) * 1_000_000_000 / Stopwatch.Frequency;
            return virtualStartNanoseconds + (long)(elapsed * factorThousandths / 1_000);
        }
    }

    /// <summary>
    /// How many whole milliseconds of wall time pass until a virtual time is allowed, rounded up; 0 when it is.
    /// </summary>
    public int MillisecondsUntil(long virtualNanoseconds)
    {
        long ahead = virtualNanoseconds - AllowedNanoseconds;
        return ahead <= 0
            ? 0
            : (int)Int128.Min(int.MaxValue, (((Int128)ahead * 1_000 / factorThousandths) / 1_000_000) + 1);
    }
}
