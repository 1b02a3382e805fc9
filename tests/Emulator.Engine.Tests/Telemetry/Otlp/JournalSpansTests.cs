using Emulator.Core.Journal;
using Emulator.Core.Randomness;
using Emulator.Engine.Telemetry.Otlp;

namespace Emulator.Engine.Tests.Telemetry.Otlp;

/// <summary>Expected names and kinds come from OpenTelemetry's trace model; hops from the walk that Linux
/// showed.</summary>
public sealed class JournalSpansTests : IDisposable
{
    private const long Epoch = 1_700_000_000_000_000_000;
    private const long Start = Epoch + 1_000_000; // The walk's own start.

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Writes_one_span_for_each_hop_with_the_packet_as_its_parent()
    {
        ReceivedSpan[] spans = Export(Options(), new ClusterIPWalk().ToDelivery().End(0, "reply"));
        ReceivedSpan root = Assert.Single(spans, s => s.Kind == 3);
        ReceivedSpan packet = Assert.Single(spans, s => s.Name == "packet.request");

        Assert.Equal(
            [
                "pod veth.xmit", "bridge bridge.rx", "node bridge.up", "vxlan vxlan.encap", "node nic.xmit",
                "link link.rx", "link link.xmit", "node nic.rx", "vxlan vxlan.decap", "node bridge.down",
                "bridge bridge.xmit", "pod veth.rx",
            ],
            Hops(spans).Select(s => $"{s.Service} {s.Name}"));
        Assert.All(Hops(spans), s => Assert.Equal(packet.Id, s.Parent));
        Assert.Equal((root.Id, ""), (packet.Parent, root.Parent));
        Assert.Single(spans.Select(s => s.Trace).Distinct());
        Assert.Equal(spans.Length, spans.Select(s => s.Id).Distinct().Count());
    }

    [Fact]
    public void Lets_a_hop_last_until_the_next_one_and_the_last_until_delivery()
    {
        ReceivedSpan[] hops = Hops(Export(Options(), new ClusterIPWalk().ToDelivery()));
        long[] times = [.. new long[] { 1, 2, 3, 4, 5, 55, 56, 106, 107, 108, 109, 110 }.Select(
            us => Start + (us * 1_000))];

        Assert.Equal(times, hops.Select(h => h.Start));
        Assert.Equal([.. times[1..], Start + 111_500], hops.Select(h => h.End));
    }

    [Fact]
    public void Says_on_the_dropping_hop_alone_that_the_packet_was_dropped()
    {
        ReceivedSpan[] spans = Export(
            Options(), new ClusterIPWalk().ToTranslation().Drop(DropReason.NetfilterDrop, "-A FORWARD -j DROP"));
        ReceivedSpan failed = Assert.Single(spans, s => s.Status == 2);

        Assert.Equal("bridge.up", failed.Name);
        Assert.Equal("NetfilterDrop", failed.Attributes["error.type"]);
        Assert.Equal("-A FORWARD -j DROP", failed.Attributes["emulator.drop.rule"]);
        Assert.DoesNotContain(spans, s => s != failed && s.Attributes.ContainsKey("error.type"));
    }

    [Fact]
    public void Gives_a_hop_the_attributes_of_place_packet_and_translation()
    {
        ReceivedSpan[] hops = Hops(Export(Options() with { Detail = true }, new ClusterIPWalk().ToDelivery()));

        Assert.Equal(
            "destination.address=10.244.2.2 destination.port=8080 emulator.direction=request emulator.hop.seq=3 "
            + "emulator.len=60 emulator.nat.type=DNAT emulator.packet.id=00000000000000ac emulator.tcp.flags=S "
            + "emulator.tcp.seq=0 emulator.ttl=64 emulator.vtime_ns=1003000 k8s.node.name=n1 "
            + "network.interface.name=cni0 network.io.direction=receive network.transport=tcp network.type=ipv4 "
            + "source.address=10.244.1.2 source.port=42011",
            string.Join(' ', hops[2].Attributes.Select(a => $"{a.Key}={a.Value}")));
        Assert.Equal("1", hops[4].Attributes["emulator.tunnel.vni"]);
        Assert.Equal("192.168.77.12", hops[4].Attributes["emulator.tunnel.dst"]);
        Assert.Equal(["hook", "rule", "nat"], hops[1].Events); // What happened between this hop and the next.
    }

    [Fact]
    public void Derives_the_same_ids_again_for_the_same_run_and_others_for_another()
    {
        string[] first = Ids(Options());

        Assert.Equal(first, Ids(Options()));
        Assert.Empty(first.Intersect(Ids(Options() with { RunId = "run-2" })));

        string[] Ids(OtlpOptions options) => [.. Export(options, new ClusterIPWalk().ToDelivery()).Select(
            s => s.Trace + s.Id)];
    }

    [Fact]
    public void Counts_the_hops_of_traces_that_the_seed_left_out()
    {
        OtlpOptions options = Options() with { Sampling = new Ratio(1, 4) };
        ReceivedSpan[] spans = Export(options, out OtlpCounters counters, [.. Walks(200)]);

        Assert.Equal(200 * 12, counters.HopsJournaled);
        Assert.Equal(counters.HopsJournaled, counters.HopsExported + counters.HopsSampledOut);
        Assert.Equal(counters.HopsExported, spans.Count(s => s.IsHop));
        // 50 expected; the range is four standard deviations wide on each side.
        Assert.InRange(counters.HopsExported / 12, 25, 75);
    }

    [Fact]
    public void Counts_the_hops_beyond_the_budget_and_keeps_drops()
    {
        // Two spans for the first packet and its first hop, one for the next; then the budget is used up.
        OtlpOptions options = Options() with { SpanBudget = 3 };
        ClusterIPWalk dropped = new ClusterIPWalk(packet: 0xAD, startNanoseconds: 9_000_000)
            .ToTranslation().Drop(DropReason.LinkLoss, "loss");
        ReceivedSpan[] spans = Export(options, out OtlpCounters counters, new ClusterIPWalk().ToDelivery(), dropped);

        Assert.Equal((15, 3, 0, 12),
            (counters.HopsJournaled, counters.HopsExported, counters.HopsSampledOut, counters.HopsOverBudget));
        Assert.Equal(["veth.xmit", "bridge.rx", "bridge.up"], Hops(spans).Select(s => s.Name));
        Assert.Equal(2, spans.Count(s => s.Name == "packet.request")); // The dropping hop has its parent.
        Assert.Equal(counters.SpansExported, spans.Length);
    }

    [Fact]
    public void Gives_a_packet_of_no_exchange_a_trace_of_its_own()
    {
        ReceivedSpan[] spans = Export(
            Options(), new ClusterIPWalk(flow: 0, packet: 1).ToDelivery(),
            new ClusterIPWalk(flow: 0, packet: 2).ToDelivery());

        Assert.Equal(2, spans.Where(s => s.Name == "packet.request").Select(s => s.Trace).Distinct().Count());
        Assert.Equal(24, spans.Count(s => s.IsHop));
    }

    [Fact]
    public void Names_the_ends_after_their_workloads()
    {
        ReceivedSpan root = Assert.Single(
            Export(Options(), new ClusterIPWalk().ToDelivery().End(0, "reply, 5 bytes")), s => s.Kind == 3);

        Assert.Equal(("p1a", "tcp"), (root.Service, root.Name));
        Assert.Equal("tcp connect 10.96.0.60:80", root.Attributes["emulator.exchange"]);
        Assert.Equal("reply, 5 bytes", root.Attributes["emulator.exchange.result"]);
        Assert.Equal((Start, Start + 200_000), (root.Start, root.End));
    }

    /// <summary>Names as Kubernetes makes them; <c>my-nginx</c> has a vowel, so it is a word and stays.</summary>
    [Theory]
    [InlineData("pod/default/web-7c9d8b5f6d-x2x4f", "web")]
    [InlineData("pod/default/web-0", "web")]
    [InlineData("pod/default/agent-x2x4f", "agent")]
    [InlineData("pod/default/my-nginx", "my-nginx")]
    [InlineData("node/n1", "node")]
    public void Tells_the_workload_from_the_name_of_a_pod(string actor, string expected) =>
        Assert.Equal(expected, WorkloadName.Of(actor));

    internal static OtlpOptions Options() => new()
    {
        RunId = "run-1", Seed = 7, EpochNanoseconds = Epoch, SpanBudget = 0,
    };

    internal static IEnumerable<ClusterIPWalk> Walks(int count) => Enumerable.Range(1, count).Select(
        i => new ClusterIPWalk((ulong)i, (ulong)(i + 10_000), i * 1_000_000L).ToDelivery());

    internal static ReceivedSpan[] Hops(IEnumerable<ReceivedSpan> spans) =>
        [.. spans.Where(s => s.IsHop).OrderBy(s => s.Start)];

    private ReceivedSpan[] Export(OtlpOptions options, params ClusterIPWalk[] walks) => Export(options, out _, walks);

    private ReceivedSpan[] Export(OtlpOptions options, out OtlpCounters counters, params ClusterIPWalk[] walks)
    {
        using (var file = new OtlpFile(_path))
        {
            var spans = new JournalSpans(options, file);
            foreach (ClusterIPWalk walk in walks)
            {
                spans.Write(walk.Entries);
            }

            spans.Complete();
            counters = spans.Counters;
        }

        return [.. Requests(File.ReadAllBytes(_path)).SelectMany(ReceivedSpan.Read)];
    }

    private static IEnumerable<byte[]> Requests(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            yield return file[(at + 4)..(at + 4 + length)];
            at += 4 + length;
        }
    }
}
