using System.Text.Json;
using Emulator.Core.Documents;
using Emulator.Core.Journal;
using Emulator.Core.Randomness;
using Emulator.Engine.Telemetry;

namespace Emulator.Engine.Tests.Telemetry;

public sealed class TraceReportTests
{
    /// <summary>Expected rows: the twelve frames of a SYN to a ClusterIP across VXLAN, as Linux showed them.</summary>
    [Fact]
    public void Shows_each_hop_as_a_capture_on_Linux_did()
    {
        string json = TraceJson.Write(Report(new ClusterIPWalk().ToDelivery()), indented: false);

        Assert.Equal(WalkFacts.Rows("tcp_clusterip_remote_syn"), WalkFacts.Hops(json));
    }

    [Fact]
    public void Has_the_members_that_were_promised_in_their_order()
    {
        TraceReport report = Report(
            new ClusterIPWalk().ToDelivery().End(0, JsonObject.Of(("status", 200L))),
            new TraceBranch("10.244.2.2:8080", new Ratio(1, 3)), new TraceBranch("10.244.2.3:8080", Ratio.One));
        using JsonDocument document = JsonDocument.Parse(TraceJson.Write(report));
        JsonElement root = document.RootElement;
        JsonElement hop = root.GetProperty("hops")[4];

        Assert.Equal(["seed", "digest", "verdict", "reason", "rule", "app", "hops", "branches"], Names(root));
        Assert.Equal(
            ["seq", "timeNs", "actor", "node", "netns", "interface", "direction", "reply", "packet", "action",
                "decisions"],
            Names(hop));
        Assert.Equal(
            ["id", "flow", "proto", "src", "dst", "smac", "dmac", "ttl", "length", "plen", "df", "mf",
                "fragoff", "flags",
                "opts", "outer"],
            Names(hop.GetProperty("packet")));
        Assert.Equal(
            ["smac", "dmac", "src", "dst", "sport", "dport", "ttl", "length", "vni"],
            Names(hop.GetProperty("packet").GetProperty("outer")));
        Assert.Equal(7ul, root.GetProperty("seed").GetUInt64());
        Assert.Equal("d1ge57", root.GetProperty("digest").GetString());
        Assert.Equal("delivered", root.GetProperty("verdict").GetString());
        Assert.Equal(200, root.GetProperty("app").GetProperty("status").GetInt32());
        Assert.Equal(
            """
            [{"endpoint":"10.244.2.2:8080","probability":"1/3"},{"endpoint":"10.244.2.3:8080","probability":"1"}]
            """,
            JsonSerializer.Serialize(root.GetProperty("branches")));
    }

    [Fact]
    public void Puts_what_was_decided_at_the_hop_that_followed()
    {
        TraceReport report = Report(new ClusterIPWalk().ToDelivery());

        Assert.Equal(["hook", "rule", "nat"], report.Hops[2].Decisions.Select(d => d.Kind));
        Assert.Equal(ClusterIPWalk.DnatRule, report.Hops[2].Decisions[1].Text);
        Assert.Equal("PREROUTING", report.Hops[2].Decisions[1].Hook);
        Assert.Equal("10.244.1.2:42011>10.96.0.60:80", report.Hops[2].Decisions[2].Before);
        Assert.Equal("10.244.1.2:42011>10.244.2.2:8080", report.Hops[2].Decisions[2].After);
        Assert.Equal(["delivered"], report.Hops[11].Decisions.Select(d => d.Kind));
    }

    [Fact]
    public void Names_what_was_done_at_each_hop()
    {
        TraceReport report = Report(new ClusterIPWalk().ToDelivery());

        Assert.Equal(
            [
                HopAction.Forwarded, HopAction.Received, HopAction.Translated, HopAction.Forwarded,
                HopAction.Encapsulated, HopAction.Received, HopAction.Forwarded, HopAction.Received,
                HopAction.Decapsulated, HopAction.Forwarded,
                HopAction.Forwarded, HopAction.Delivered,
            ],
            report.Hops.Select(h => h.Action));
    }

    [Fact]
    public void Orders_hops_by_time_when_machines_entries_come_interleaved()
    {
        JournalEntry[] entries = new ClusterIPWalk().ToDelivery().Entries.ToArray();
        JournalEntry[] shuffled = [.. entries.OrderBy(e => e.Actor.Machine.Name, StringComparer.Ordinal)];
        TraceReport expected = TraceReport.From(entries, 7, "d");

        Assert.Equal(TraceJson.Write(expected), TraceJson.Write(TraceReport.From(shuffled, 7, "d")));
    }

    [Theory]
    [InlineData(DropReason.NetfilterDrop, TraceVerdict.Dropped)]
    [InlineData(DropReason.NetfilterReject, TraceVerdict.Rejected)]
    public void Says_which_rule_ended_the_packet(DropReason reason, TraceVerdict verdict)
    {
        TraceReport report = Report(new ClusterIPWalk().ToTranslation().Drop(reason, "-A FORWARD -j IT"));

        Assert.Equal((verdict, reason, "-A FORWARD -j IT"), (report.Verdict, report.Reason, report.Rule));
        Assert.Equal(verdict.ToString(), report.Hops[^1].Action.ToString());
        Assert.Equal("dropped", report.Hops[^1].Decisions[^1].Kind);
    }

    [Fact]
    public void Forgives_a_lost_packet_when_the_exchange_succeeded()
    {
        TraceReport report = Report(new ClusterIPWalk().ToTranslation().Drop(DropReason.LinkLoss, "loss").End(0, "ok"));

        Assert.Equal((TraceVerdict.Delivered, DropReason.None), (report.Verdict, report.Reason));
    }

    [Fact]
    public void Is_not_delivered_when_nothing_arrived() =>
        Assert.Equal(TraceVerdict.Dropped, Report(new ClusterIPWalk().ToTranslation()).Verdict);

    /// <summary>The form is trace-model's "minimal": namespaces where they change, translation, tunnel, verdict,
    /// time.</summary>
    [Fact]
    public void Fits_the_path_into_one_line()
    {
        Assert.Equal(
            "p1a:eth0 > n1:vethp1a > DNAT 10.96.0.60:80→10.244.2.2:8080 [KUBE-SEP-AAAA] > cni0 > flannel.1 vni1→n2 > "
            + "n2:flannel.1 > cni0 > vethp2a > p2a:eth0 : DELIVERED 110.5us",
            TraceTable.Minimal(Report(new ClusterIPWalk().ToDelivery())));
        Assert.Equal(
            "p1a:eth0 > n1:vethp1a > DNAT 10.96.0.60:80→10.244.2.2:8080 [KUBE-SEP-AAAA] > cni0 : "
            + "REJECTED NetfilterReject [-A FORWARD -j REJECT] 2.5us",
            TraceTable.Minimal(Report(
                new ClusterIPWalk().ToTranslation().Drop(DropReason.NetfilterReject, "-A FORWARD -j REJECT"))));
    }

    /// <summary>A proxy opens a connection of its own within the exchange; a SYN that was sent again is told
    /// once.</summary>
    [Fact]
    public void Joins_the_paths_of_all_that_was_asked_for_into_one_line()
    {
        const string Path = "p1a:eth0 > n1:vethp1a > DNAT 10.96.0.60:80→10.244.2.2:8080 [KUBE-SEP-AAAA] > cni0";
        ClusterIPWalk lost = new ClusterIPWalk().ToTranslation().Drop(DropReason.LinkLoss, "loss");
        ClusterIPWalk again = new ClusterIPWalk(packet: 0xAD, startNanoseconds: 3_000_000).ToTranslation();
        ClusterIPWalk proxy = new ClusterIPWalk(packet: 0xAE, startNanoseconds: 5_000_000, port: 42012)
            .ToTranslation().End(0, "ok", latencyNanoseconds: 7_250_500);
        var recorder = new TraceRecorder();
        recorder.Write(lost.Entries);
        recorder.Write(again.Entries);
        recorder.Write(proxy.Entries);

        Assert.Equal(
            $"{Path} | {Path} : DELIVERED 7250.5us",
            TraceTable.Minimal(TraceReport.From(recorder.Entries, 7, "d1ge57")));
    }

    [Fact]
    public void Makes_a_row_for_each_hop()
    {
        IReadOnlyList<TraceRow> rows = TraceTable.Rows(Report(new ClusterIPWalk().ToDelivery()));

        Assert.Equal(12, rows.Count);
        Assert.Equal(
            new TraceRow(1, "0.000", "n1/p1a:eth0", "out", "tcp 10.244.1.2:42011 > 10.96.0.60:80 S len 60 ttl 64",
                "Forwarded"),
            rows[0]);
        Assert.Equal("vxlan 1 192.168.77.11>192.168.77.12 tcp 10.244.1.2:42011 > 10.244.2.2:8080 S len 60 ttl 63",
            rows[4].Packet);
        Assert.Equal("Encapsulated; vxlan encap vni 1 to 192.168.77.12", rows[4].What);
    }

    [Fact]
    public void Records_one_exchange_and_counts_what_does_not_fit()
    {
        ClusterIPWalk walk = new ClusterIPWalk().ToDelivery().End(0, "ok");
        var recorder = new TraceRecorder(entriesMax: 5);
        recorder.Write(new ClusterIPWalk(flow: 9).ToTranslation().Entries[2..]); // Another flow, its start unseen.
        recorder.Write(walk.Entries);

        Assert.Equal(ClusterIPWalk.Flow, recorder.Flow);
        Assert.Equal(5, recorder.Entries.Count);
        Assert.Equal(walk.Entries.Length - 5, recorder.EntriesOverMax);
        Assert.True(recorder.HasEnded);
    }

    private static TraceReport Report(ClusterIPWalk walk, params TraceBranch[] branches)
    {
        var recorder = new TraceRecorder();
        recorder.Write(walk.Entries);
        return TraceReport.From(recorder.Entries, 7, "d1ge57", branches);
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];
}
