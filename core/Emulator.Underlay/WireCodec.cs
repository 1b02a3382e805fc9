using Emulator.Core.Canonical;
using Emulator.Core.Randomness;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay;

/// <summary>Changes of wires in the canonical encoding.</summary>
public static class WireCodec
{
    /// <summary>Writes a change.</summary>
    public static void Write(CanonicalWriter writer, ChangeWire change)
    {
        WireOptions options = change.Options;
        writer.Varint((ulong)change.Port);
        writer.Signed(options.LatencyNanoseconds);
        writer.Signed(options.RateBitsPerSecond);
        writer.Varint((ulong)options.QueueLengthMax);
        writer.Signed(options.JitterNanoseconds);
        writer.Signed(options.ExtraDelayNanoseconds);
        Write(writer, options.Loss);
        Write(writer, options.Duplicate);
        Write(writer, options.Reorder);
        QdiscCodec.Write(writer, options.Netem);
        QdiscCodec.Write(writer, options.Tbf);
        writer.Bool(options.IsUp);
    }

    /// <summary>Reads a change.</summary>
    public static ChangeWire Read(CanonicalReader reader) => new(reader.Int32(), new WireOptions
    {
        LatencyNanoseconds = reader.Signed(),
        RateBitsPerSecond = reader.Signed(),
        QueueLengthMax = reader.Int32(),
        JitterNanoseconds = reader.Signed(),
        ExtraDelayNanoseconds = reader.Signed(),
        Loss = ReadRatio(reader),
        Duplicate = ReadRatio(reader),
        Reorder = ReadRatio(reader),
        Netem = QdiscCodec.ReadNetem(reader),
        Tbf = QdiscCodec.ReadTbf(reader),
        IsUp = reader.Bool(),
    });

    private static void Write(CanonicalWriter writer, Ratio ratio)
    {
        writer.Fixed32(ratio.Numerator);
        writer.Fixed32(ratio.Denominator);
    }

    private static Ratio ReadRatio(CanonicalReader reader)
    {
        uint numerator = reader.Fixed32();
        uint denominator = reader.Fixed32();
        return denominator > 0 && numerator <= denominator
            ? new Ratio(numerator, denominator) : throw reader.Malformed($"{numerator}/{denominator} is no chance");
    }
}
