using Emulator.Cluster.Reading;
using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Manifests;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Cluster.Tests.Reading;

/// <summary>tc-netem(8) and tc-tbf(8): the words, units and defaults.</summary>
public sealed class NetemReaderTests
{
    [Fact]
    public void Everything_of_netem_is_read_in_tcs_words()
    {
        LinkSpec link = Read("""
            {delay: 20ms, jitter: 5ms, correlation: 25%, distribution: pareto, loss: {random: 1%, correlation: 50%},
             duplicate: {random: 0.5%, correlation: 10%}, corrupt: 0.1%, reorder: {random: 25%, correlation: 50%},
             gap: 5, rate: {rate: 1Mbit, packetOverhead: -4, cellSize: 53, cellOverhead: 5}, limit: 50,
             slot: {min: 1ms, max: 2ms, packets: 10, bytes: 15000}}
            """);

        Assert.Equal(
            new NetemOptions
            {
                DelayNanoseconds = 20_000_000,
                JitterNanoseconds = 5_000_000,
                DelayCorrelation = Of(1, 4),
                Distribution = DelayDistribution.Pareto,
                Loss = new RandomLoss(Of(1, 100), Of(1, 2)),
                Duplicate = Of(1, 200),
                DuplicateCorrelation = Of(1, 10),
                Corrupt = Of(1, 1_000),
                Reorder = Of(1, 4),
                ReorderCorrelation = Of(1, 2),
                Gap = 5,
                RateBytesPerSecond = 125_000,
                PacketOverhead = -4,
                CellSize = 53,
                CellOverhead = 5,
                Limit = 50,
                Slot = new NetemSlot(1_000_000, 2_000_000, 10, 15_000),
            },
            link.Netem);
        Assert.Equal((SimDuration.Zero, Ratio.Zero, Ratio.Zero), (link.Jitter, link.Loss, link.Reorder));
        Assert.Equal(10_000_000_000, link.RateBitsPerSecond);
    }

    // tc's defaults: state p31 = 1 - p13, p32 = 0, p23 = 1, p14 = 0; gemodel r = 1 - p, 1-h = 1, 1-k = 0.
    [Fact]
    public void Loss_models_have_tcs_defaults()
    {
        Assert.Equal(
            new FourStateLoss(Of(1, 100), Of(1, 100).Complement, default, Probability.Always, default),
            Read("{loss: {state: {p13: 1%}}}").Netem?.Loss);
        Assert.Equal(
            new FourStateLoss(Of(1, 100), Of(1, 10), Of(1, 5), Of(1, 2), Of(3, 100)),
            Read("{loss: {state: {p13: 1%, p31: 10%, p32: 20%, p23: 50%, p14: 3%}}}").Netem?.Loss);
        Assert.Equal(
            new GilbertElliottLoss(Of(1, 100), Of(1, 100).Complement, Probability.Always, default),
            Read("{loss: {gemodel: {p: 1%}}}").Netem?.Loss);
        Assert.Equal(
            new GilbertElliottLoss(Of(1, 100), Of(1, 10), Of(7, 10), Of(1, 1_000)),
            Read("{loss: {gemodel: {p: 1%, r: 10%, 1-h: 70%, 1-k: 0.1%}}}").Netem?.Loss);
    }

    [Fact]
    public void Values_by_themselves_without_a_delay_are_the_wires_own_as_before()
    {
        LinkSpec link = Read("{jitter: 1ms, loss: 1%, duplicate: 1%, reorder: 25%, rate: 1Mbit}");

        Assert.Null(link.Netem);
        Assert.Equal(
            (SimDuration.FromMilliseconds(1), new Ratio(1, 100), new Ratio(1, 4)),
            (link.Jitter, link.Loss, link.Reorder));
    }

    // limit = rate * latency + burst = 125,000 * 0.05 + 32,768.
    [Fact]
    public void A_token_bucket_takes_a_limit_or_a_latency()
    {
        Assert.Equal(
            new TbfOptions { RateBytesPerSecond = 125_000, BurstBytes = 32_768, LimitBytes = 39_018 },
            Read("{tbf: {rate: 1Mbit, burst: 32kb, latency: 50ms}}").Tbf);
        Assert.Equal(
            new TbfOptions
            {
                RateBytesPerSecond = 125_000,
                BurstBytes = 1_600,
                LimitBytes = 900,
                PeakRateBytesPerSecond = 250_000,
                MtuBytes = 1_514,
            },
            Read("{tbf: {rate: 1Mbit, burst: 1600, limit: 900, peakrate: 2Mbit, mtu: 1514}}").Tbf);
    }

    private static Probability Of(uint numerator, uint denominator) =>
        Probability.Of(new Ratio(numerator, denominator));

    private static LinkSpec Read(string link)
    {
        ManifestSet read = ManifestReader.ReadText(
            $"apiVersion: emulator.dev/v1alpha1\nkind: Cluster\nspec:\n  links:\n    outside:\n      "
            + link.Replace("\n", "\n      "), "cluster.yaml");
        Assert.Empty(read.Errors);
        var errors = new List<ManifestError>();
        ClusterSpec? spec = ClusterSpecReader.Read(Assert.Single(read.Documents), errors);
        Assert.Empty(errors);
        return spec!.Links.Outside; // Read without a mistake.
    }
}
