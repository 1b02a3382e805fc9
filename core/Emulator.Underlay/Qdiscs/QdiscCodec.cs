using Emulator.Core.Canonical;

namespace Emulator.Underlay.Qdiscs;

/// <summary>The settings of netem and TBF in the canonical encoding.</summary>
public static class QdiscCodec
{
    private const byte NoLoss = 0;
    private const byte Random = 1;
    private const byte FourState = 2;
    private const byte GilbertElliott = 3;

    /// <summary>Writes netem's settings, or that there are none.</summary>
    public static void Write(CanonicalWriter writer, NetemOptions? options)
    {
        writer.Bool(options is not null);
        if (options is null)
        {
            return;
        }

        writer.Signed(options.DelayNanoseconds);
        writer.Signed(options.JitterNanoseconds);
        WriteChances(writer, options.DelayCorrelation);
        writer.Byte((byte)options.Distribution);
        WriteLoss(writer, options.Loss);
        WriteChances(
            writer, options.Duplicate, options.DuplicateCorrelation, options.Corrupt, options.CorruptCorrelation,
            options.Reorder, options.ReorderCorrelation);
        writer.Signed(options.Gap);
        writer.Signed(options.RateBytesPerSecond);
        writer.Signed(options.PacketOverhead);
        writer.Signed(options.CellSize);
        writer.Signed(options.CellOverhead);
        writer.Signed(options.Limit);
        writer.Bool(options.Slot is not null);
        if (options.Slot is NetemSlot slot)
        {
            writer.Signed(slot.MinNanoseconds);
            writer.Signed(slot.MaxNanoseconds);
            writer.Signed(slot.Packets);
            writer.Signed(slot.Bytes);
        }
    }

    /// <summary>Reads netem's settings, or null.</summary>
    public static NetemOptions? ReadNetem(CanonicalReader reader) => !reader.Bool() ? null : new NetemOptions
    {
        DelayNanoseconds = reader.Signed(),
        JitterNanoseconds = reader.Signed(),
        DelayCorrelation = ReadChance(reader),
        Distribution = ReadDistribution(reader),
        Loss = ReadLoss(reader),
        Duplicate = ReadChance(reader),
        DuplicateCorrelation = ReadChance(reader),
        Corrupt = ReadChance(reader),
        CorruptCorrelation = ReadChance(reader),
        Reorder = ReadChance(reader),
        ReorderCorrelation = ReadChance(reader),
        Gap = ReadInt32(reader),
        RateBytesPerSecond = reader.Signed(),
        PacketOverhead = ReadInt32(reader),
        CellSize = ReadInt32(reader),
        CellOverhead = ReadInt32(reader),
        Limit = ReadInt32(reader),
        Slot = !reader.Bool() ? null : new NetemSlot(
            reader.Signed(), reader.Signed(), ReadInt32(reader), ReadInt32(reader)),
    };

    /// <summary>Writes TBF's settings, or that there are none.</summary>
    public static void Write(CanonicalWriter writer, TbfOptions? options)
    {
        writer.Bool(options is not null);
        if (options is null)
        {
            return;
        }

        writer.Signed(options.RateBytesPerSecond);
        writer.Signed(options.BurstBytes);
        writer.Signed(options.LimitBytes);
        writer.Signed(options.PeakRateBytesPerSecond);
        writer.Signed(options.MtuBytes);
    }

    /// <summary>Reads TBF's settings, or null.</summary>
    public static TbfOptions? ReadTbf(CanonicalReader reader) => !reader.Bool() ? null : new TbfOptions
    {
        RateBytesPerSecond = reader.Signed(),
        BurstBytes = reader.Signed(),
        LimitBytes = reader.Signed(),
        PeakRateBytesPerSecond = reader.Signed(),
        MtuBytes = reader.Signed(),
    };

    private static void WriteLoss(CanonicalWriter writer, NetemLoss? loss)
    {
        switch (loss)
        {
            case null:
                writer.Byte(NoLoss);
                break;
            case RandomLoss random:
                writer.Byte(Random);
                WriteChances(writer, random.Chance, random.Correlation);
                break;
            case FourStateLoss state:
                writer.Byte(FourState);
                WriteChances(writer, state.P13, state.P31, state.P32, state.P23, state.P14);
                break;
            case GilbertElliottLoss model:
                writer.Byte(GilbertElliott);
                WriteChances(writer, model.P, model.R, model.LossInBad, model.LossInGood);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(loss.GetType().Name);
        }
    }

    private static NetemLoss? ReadLoss(CanonicalReader reader) => reader.Byte() switch
    {
        NoLoss => null,
        Random => new RandomLoss(ReadChance(reader), ReadChance(reader)),
        FourState => new FourStateLoss(
            ReadChance(reader), ReadChance(reader), ReadChance(reader), ReadChance(reader), ReadChance(reader)),
        GilbertElliott => new GilbertElliottLoss(
            ReadChance(reader), ReadChance(reader), ReadChance(reader), ReadChance(reader)),
        byte other => throw reader.Malformed($"{other} is no kind of loss"),
    };

    private static void WriteChances(CanonicalWriter writer, params ReadOnlySpan<Probability> chances)
    {
        foreach (Probability chance in chances)
        {
            writer.Fixed32(chance.Threshold);
        }
    }

    private static DelayDistribution ReadDistribution(CanonicalReader reader) => reader.Byte() switch
    {
        <= (byte)DelayDistribution.ParetoNormal and var known => (DelayDistribution)known,
        var other => throw reader.Malformed($"{other} is no distribution of delays"),
    };

    private static int ReadInt32(CanonicalReader reader) => reader.Signed() switch
    {
        >= int.MinValue and <= int.MaxValue and var number => (int)number,
        var other => throw reader.Malformed($"{other} does not fit in 32 bits"),
    };

    private static Probability ReadChance(CanonicalReader reader) => new(reader.Fixed32());
}
