using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Cluster.Reading;

/// <summary>Reads what a link does as tc-netem and tc-tbf do, in their words and units.</summary>
/// <remarks>
/// <c>jitter</c>, <c>loss</c>, <c>duplicate</c> and <c>reorder</c> written as before, a value by itself and without
/// <c>delay</c>, are the wire's own and not netem's.
/// </remarks>
internal static class NetemReader
{
    /// <summary>The fields of a link that are read here, beside those that it shares.</summary>
    public static readonly string[] Fields =
        ["delay", "correlation", "distribution", "corrupt", "gap", "limit", "slot", "tbf"];

    private static readonly string[] Distributions = ["uniform", "normal", "pareto", "paretonormal"];

    /// <summary>The netem of a link; null where nothing is written that needs one.</summary>
    public static NetemOptions? Read(Section link)
    {
        var options = new NetemOptions { Limit = (int)(link.Whole("limit", 1, 1_000_000) ?? 1_000) };
        options = ReadDelay(link, options);
        options = ReadRate(link, options) with { Loss = ReadLoss(link), Slot = ReadSlot(link) };
        if (link["duplicate"] is JsonObject)
        {
            (Probability chance, Probability correlation) = ReadChance(link, "duplicate");
            options = options with { Duplicate = chance, DuplicateCorrelation = correlation };
        }

        if (link["corrupt"] is not null)
        {
            (Probability chance, Probability correlation) = ReadChance(link, "corrupt");
            options = options with { Corrupt = chance, CorruptCorrelation = correlation };
        }

        bool isNothing = options with { Limit = 1_000 } == new NetemOptions();
        if (isNothing && link["limit"] is not null)
        {
            link.Report("limit", $"{Section.Shown(link["limit"] ?? JsonNull.Instance)} bounds frames that are delayed, "
                + "but nothing delays any; give a delay, a slot or a rate as an object, or write queueLength.");
        }

        return isNothing ? null : options;
    }

    /// <summary>The token bucket of a link; null where none is written.</summary>
    public static TbfOptions? ReadTbf(Section link)
    {
        Section tbf = link.Child("tbf", "rate", "burst", "limit", "latency", "peakrate", "mtu");
        if (!tbf.IsPresent)
        {
            return null;
        }

        long rate = (tbf.Rate("rate") ?? 0) / 8;
        long burst = tbf.Size("burst") ?? 0;
        long peak = (tbf.Rate("peakrate") ?? 0) / 8;
        long mtu = tbf.Size("mtu") ?? 0;
        if (rate == 0 || burst == 0 || (tbf["limit"] is null) == (tbf["latency"] is null))
        {
            tbf.Report("", "needs a rate of 8bit or more, a burst above zero, and either limit or latency; write such "
                + "as {rate: 1Mbit, burst: 32kb, latency: 50ms}.");
            return null;
        }

        if ((tbf["peakrate"] is not null || tbf["mtu"] is not null) && (peak <= rate || mtu == 0))
        {
            tbf.Report("peakrate", "and mtu belong together, the peak rate above the rate; write both, mtu at least "
                + "the longest frame such as 1514.");
            return null;
        }

        return new TbfOptions
        {
            RateBytesPerSecond = rate,
            BurstBytes = burst,
            PeakRateBytesPerSecond = peak,
            MtuBytes = mtu,
            LimitBytes = tbf.Size("limit")
                ?? TbfOptions.LimitOf((tbf.Duration("latency") ?? default).Nanoseconds, rate, burst, peak, mtu),
        };
    }

    private static NetemOptions ReadDelay(Section link, NetemOptions options)
    {
        if (link["delay"] is null)
        {
            foreach (string name in (string[])["correlation", "distribution", "gap"])
            {
                if (link[name] is JsonValue value)
                {
                    link.Report(name, $"{Section.Shown(value)} says how delays vary or are skipped, but there is no "
                        + "delay; give one such as delay: 20ms.");
                }
            }

            return options;
        }

        long jitter = (link.Duration("jitter") ?? SimDuration.Zero).Nanoseconds;
        if (jitter > int.MaxValue)
        {
            link.Report(
                "jitter", $"{Section.Shown(link["jitter"] ?? JsonNull.Instance)} is more than 2.1s; write less.");
            jitter = 0;
        }

        (Probability reorder, Probability correlation) =
            link["reorder"] is null ? default : ReadChance(link, "reorder");
        return options with
        {
            DelayNanoseconds = (link.Duration("delay") ?? SimDuration.Zero).Nanoseconds,
            JitterNanoseconds = jitter,
            DelayCorrelation = Probability.Of(link.Chance("correlation") ?? Ratio.Zero),
            Distribution = (DelayDistribution)(link.Choice("distribution", Distributions) ?? 0),
            Reorder = reorder,
            ReorderCorrelation = correlation,
            Gap = (int)(link.Whole("gap", 1, 1_000_000) ?? 0),
        };
    }

    private static NetemOptions ReadRate(Section link, NetemOptions options)
    {
        if (link["rate"] is not JsonObject)
        {
            return options;
        }

        Section rate = link.Child("rate", "rate", "packetOverhead", "cellSize", "cellOverhead");
        long bytes = (rate.Rate("rate") ?? 0) / 8;
        if (bytes == 0)
        {
            rate.Report("rate", "must be 8bit or more; write one such as 1Mbit.");
        }

        return options with
        {
            RateBytesPerSecond = bytes,
            PacketOverhead = (int)(rate.Whole("packetOverhead", -65_535, 65_535) ?? 0),
            CellSize = (int)(rate.Whole("cellSize", 0, 65_535) ?? 0),
            CellOverhead = (int)(rate.Whole("cellOverhead", -65_535, 65_535) ?? 0),
        };
    }

    // A chance by itself, or {random: 1%, correlation: 25%}.
    private static (Probability Chance, Probability Correlation) ReadChance(Section link, string name)
    {
        if (link[name] is not JsonObject)
        {
            return (Probability.Of(link.Chance(name) ?? Ratio.Zero), Probability.Never);
        }

        Section both = link.Child(name, "random", "correlation");
        return (Probability.Of(both.Chance("random") ?? Ratio.Zero),
            Probability.Of(both.Chance("correlation") ?? Ratio.Zero));
    }

    private static NetemLoss? ReadLoss(Section link)
    {
        if (link["loss"] is not JsonObject)
        {
            return null;
        }

        Section loss = link.Child("loss", "random", "correlation", "state", "gemodel");
        int models = (loss["random"] is null ? 0 : 1) + (loss["state"] is null ? 0 : 1)
            + (loss["gemodel"] is null ? 0 : 1);
        if (models != 1 || (loss["correlation"] is not null && loss["random"] is null))
        {
            loss.Report("", "needs one of random (with correlation or without), state and gemodel; write such as "
                + "{random: 1%, correlation: 25%}.");
            return null;
        }

        if (loss["random"] is not null)
        {
            return new RandomLoss(Of(loss, "random", default), Of(loss, "correlation", default));
        }

        if (loss["state"] is not null)
        {
            Section state = loss.Child("state", "p13", "p31", "p32", "p23", "p14");
            Probability p13 = Of(state, "p13", default);
            return new FourStateLoss(
                p13, Of(state, "p31", p13.Complement), Of(state, "p32", default), Of(state, "p23", Probability.Always),
                Of(state, "p14", default));
        }

        Section model = loss.Child("gemodel", "p", "r", "1-h", "1-k");
        Probability p = Of(model, "p", default);
        return new GilbertElliottLoss(
            p, Of(model, "r", p.Complement), Of(model, "1-h", Probability.Always), Of(model, "1-k", default));
    }

    private static NetemSlot? ReadSlot(Section link)
    {
        Section slot = link.Child("slot", "min", "max", "packets", "bytes");
        if (!slot.IsPresent)
        {
            return null;
        }

        SimDuration min = slot.Duration("min") ?? SimDuration.Zero;
        SimDuration max = slot.Duration("max") ?? min;
        if (max < min || max == SimDuration.Zero)
        {
            slot.Report("max", "is below min, or both are zero; write such as {min: 1ms, max: 5ms, packets: 10}.");
            return null;
        }

        return new NetemSlot(
            min.Nanoseconds, max.Nanoseconds, (int)(slot.Whole("packets", 1, int.MaxValue) ?? 0),
            (int)(slot.Whole("bytes", 1, int.MaxValue) ?? 0));
    }

    private static Probability Of(Section section, string name, Probability otherwise) =>
        section.Chance(name) is Ratio ratio ? Probability.Of(ratio) : otherwise;
}
