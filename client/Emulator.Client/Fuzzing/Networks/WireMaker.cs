using Emulator.Core.Randomness;
using Emulator.Underlay;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Client.Fuzzing.Networks;

/// <summary>Draws wires and queueing disciplines. Copies are kept rare: each turn of a routing loop makes more of
/// them.</summary>
internal sealed class WireMaker(Dice dice)
{
    /// <summary>A wire that is plain half of the time.</summary>
    public WireOptions Make()
    {
        WireOptions wire = new() { LatencyNanoseconds = dice.Between(5, 500) * 1_000L };
        return dice.OneIn(2) ? wire : Impaired(wire);
    }

    /// <summary>The wire with other faults and the same least latency.</summary>
    public WireOptions Impaired(WireOptions wire) => new()
    {
        LatencyNanoseconds = wire.LatencyNanoseconds + (dice.OneIn(4) ? dice.Between(0, 2_000_000) : 0),
        RateBitsPerSecond = dice.OneIn(3) ? dice.Between(1, 1_000) * 1_000_000L : 0,
        QueueLengthMax = dice.OneIn(3) ? dice.Between(0, 20) : 1_000,
        JitterNanoseconds = dice.OneIn(4) ? dice.Between(0, 1_000_000) : 0,
        ExtraDelayNanoseconds = dice.OneIn(6) ? dice.Between(0, 1_000_000) : 0,
        Loss = dice.OneIn(3) ? new Ratio((uint)dice.Below(20), 100) : Ratio.Zero,
        Duplicate = dice.OneIn(4) ? new Ratio((uint)dice.Below(3), 100) : Ratio.Zero,
        Reorder = dice.OneIn(4) ? new Ratio((uint)dice.Below(50), 100) : Ratio.Zero,
        Netem = dice.OneIn(3) ? Netem() : null,
        Tbf = dice.OneIn(5) ? Tbf() : null,
        IsUp = !dice.OneIn(30),
    };

    /// <summary>A netem with each of its parameters now and then.</summary>
    public NetemOptions Netem()
    {
        long delay = dice.OneIn(2) ? dice.Between(1, 3_000_000) : 0;
        return new NetemOptions
        {
            DelayNanoseconds = delay,
            JitterNanoseconds = dice.OneIn(2) ? dice.Between(0, 2_000_000) : 0,
            DelayCorrelation = Chance(3, 100),
            Distribution = (DelayDistribution)dice.Below(4),
            Loss = dice.OneIn(3) ? Loss() : null,
            Duplicate = Chance(4, 3),
            DuplicateCorrelation = Chance(4, 50),
            Corrupt = Chance(4, 20),
            CorruptCorrelation = Chance(4, 100),
            Reorder = delay > 0 ? Chance(3, 60) : default,
            ReorderCorrelation = Chance(4, 100),
            Gap = delay > 0 && dice.OneIn(4) ? dice.Between(0, 10) : 0,
            RateBytesPerSecond = dice.OneIn(5) ? dice.Between(100_000, 100_000_000) : 0,
            PacketOverhead = dice.OneIn(6) ? dice.Between(-20, 40) : 0,
            CellSize = dice.OneIn(6) ? dice.Between(1, 64) : 0,
            CellOverhead = dice.OneIn(6) ? dice.Between(-5, 10) : 0,
            Limit = dice.OneIn(4) ? dice.Between(1, 10) : 1_000,
            Slot = dice.OneIn(8) ? Slot() : null,
        };
    }

    /// <summary>A token bucket.</summary>
    public TbfOptions Tbf()
    {
        long rate = dice.Between(100_000, 200_000_000);
        bool hasPeak = dice.OneIn(3);
        return new TbfOptions
        {
            RateBytesPerSecond = rate,
            BurstBytes = dice.Between(100, 50_000),
            LimitBytes = dice.OneIn(5) ? dice.Between(0, 300) : dice.Between(300, 200_000),
            PeakRateBytesPerSecond = hasPeak ? rate + dice.Between(1, 1_000_000) : 0,
            MtuBytes = hasPeak ? dice.Between(1, 3_000) : 0,
        };
    }

    private NetemSlot Slot()
    {
        int least = dice.Between(0, 200_000);
        return new NetemSlot(
            least, least + dice.Between(1, 200_000), dice.OneIn(2) ? dice.Between(1, 10) : 0,
            dice.OneIn(2) ? dice.Between(100, 10_000) : 0);
    }

    private NetemLoss Loss() => dice.Below(3) switch
    {
        0 => new RandomLoss(dice.OneIn(20) ? Probability.Always : Some(30), Chance(2, 100)),
        1 => new FourStateLoss(Some(30), Some(100), Some(50), Some(100), Some(20)),
        _ => new GilbertElliottLoss(Some(20), Some(100), Some(100), Some(10)),
    };

    private Probability Chance(int oneIn, int mostPercent) => dice.OneIn(oneIn) ? Some(mostPercent) : default;

    private Probability Some(int mostPercent) => Probability.Of(new Ratio((uint)dice.Below(mostPercent + 1), 100));
}
