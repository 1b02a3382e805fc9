using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet.Eviction;
using static Emulator.Kubernetes.Tests.FactsFile;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>Thresholds and the order of evictions. Cases: kubernetes v1.19 pkg/kubelet/eviction tests
/// (Facts/eviction.json).</summary>
public sealed class EvictionFactsTests
{
    private static readonly SimTime Now = new(3_600_000_000_000);

    [Fact]
    public void Thresholds_are_read_as_upstream_reads_them() => Each("parse", 11, test =>
    {
        IReadOnlyList<EvictionThreshold>? read = ThresholdParser.Parse(
            Texts(test["hard"]), Texts(test["soft"]), Texts(test["softGracePeriod"]), Texts(test["minReclaim"]),
            test["allocatable"]?.AsBool == true, out string? problem);
        Assert.Equal(read is null, problem is not null);
        string seen = read is null ? "fails" : Sorted(read);
        return (test["fails"]?.AsBool == true ? "fails" : Sorted(test["expected"]), seen);
    });

    [Fact]
    public void Percentages_are_read_exactly() => Each("percentage", 3, test => (
        $"{test["millionths"]}",
        ThresholdValue.TryPercent(Text(test, "name"), out long millionths) ? $"{millionths}" : "null"));

    [Theory]
    [InlineData("met", 4)]
    [InlineData("metPercentage", 4)]
    public void Thresholds_are_met_as_upstreams_table_says(string group, int count) => Each(group, count, test =>
    {
        var seen = new Dictionary<string, SignalObservation>();
        foreach ((string signal, JsonValue has) in test["observations"]!.Members) // Every case has some.
        {
            seen[signal] = new SignalObservation(Amount(has, "available"), Amount(has, "capacity"));
        }

        return (
            Sorted(test["expected"]),
            Sorted(PressureState.MetBy(
                Thresholds(test["thresholds"]), seen, test["enforceMinReclaim"]?.AsBool == true)));
    });

    [Fact]
    public void Soft_thresholds_count_after_their_grace() => Each("grace", 3, test => (
        Sorted(test["expected"]), Sorted(PressureState.GraceOver(Times(test["observedAt"]), Now))));

    [Fact]
    public void A_threshold_counts_from_its_first_observation() => Each("firstObserved", 2, test => (
        Shown(Times(test["expected"])),
        Shown(PressureState.FirstObservedAt(Thresholds(test["thresholds"]), Times(test["before"]), Now))));

    [Fact]
    public void Thresholds_become_node_conditions() => Each("conditions", 2, test => (
        Sorted(test["expected"]),
        string.Join(", ", PressureState.ConditionsOf(test["signals"]!.Items // Every case has some.
            .Select(s => new EvictionThreshold(s.AsString!, default)))))); // A signal is a text.

    [Fact]
    public void Conditions_stay_for_the_transition_period() => Each("observedSince", 2, test => (
        Sorted(test["expected"]),
        string.Join(", ", PressureState.ObservedSince(
            test["observedAt"]!.Members.Select(m => KeyValuePair.Create(m.Key, Time(m.Value.AsString!))), // Texts.
            Duration(Text(test, "period")), Now))));

    [Fact]
    public void Thresholds_are_equal_when_their_values_are() => Each("compare", 4, test => (
        $"{test["expected"]}", $"{(JsonValue)Value(Text(test, "a")).Equals(Value(Text(test, "b")))}"));

    [Fact]
    public void The_kernel_tells_when_usage_passes_what_the_threshold_leaves() => Each("notify", 2, test => (
        Text(test, "expected"),
        Threshold(Text(test, "threshold")).NotifyAt(
            Amount(test, "available"), Amount(test, "usage"), Amount(test, "workingSet")).ToString()));

    [Fact]
    public void Pods_are_evicted_in_upstreams_order() => Each("order", 7, test =>
    {
        PodUsage[] pods = [.. test["pods"]!.Items.Select(Usage)]; // Every case has some.
        IReadOnlyList<PodUsage> ranked = Text(test, "keys") switch
        {
            "exceeds memory request" => [.. EvictionRanking.ByExceeding(pods, "memory")],
            "exceeds ephemeral-storage request" => [.. EvictionRanking.ByExceeding(pods, "ephemeral-storage")],
            "memory usage minus request" => [.. EvictionRanking.ByExcess(AsTheyCome(pods), "memory")],
            "disk usage minus request" => [.. EvictionRanking.ByExcess(AsTheyCome(pods), "ephemeral-storage")],
            "priority, process count" => EvictionRanking.Of(pods, "pids"),
            var keys when keys.Contains("memory", StringComparison.Ordinal) => EvictionRanking.Of(pods, "memory"),
            _ => EvictionRanking.Of(pods, "ephemeral-storage"),
        };
        return (
            string.Join(", ", test["expected"]!.Items.Select(n => n.AsString)), // Every case has one.
            string.Join(", ", ranked.Select(p => p.Pod.Name)));
    });

    private static IOrderedEnumerable<PodUsage> AsTheyCome(PodUsage[] pods) => pods.OrderBy(_ => 0);

    private static PodUsage Usage(JsonValue test)
    {
        JsonObject container = JsonObject.Of(
            ("name", Text(test, "name")),
            ("resources", JsonObject.Of(("requests", test["requests"] ?? JsonObject.Empty))));
        JsonObject spec = JsonObject.Of(
            ("priority", test["priority"] ?? 0), ("containers", new JsonArray([container])));
        PodView pod = PodView.Of(new ApiObject(ResourceTypes.Pods, JsonObject.Of(
            ("metadata", JsonObject.Of(("name", Text(test, "name")), ("uid", Text(test, "name")))), ("spec", spec))));
        long Of(string what) => test.At("usage", what)?.AsInt64 ?? 0;
        return new PodUsage(pod, [new ContainerUsage(pod.Containers[0], Of("memory"), Of("disk"), Of("pids"))]);
    }

    private static void Each(string group, int count, Func<JsonValue, (string Expected, string Seen)> check) =>
        FactsFile.Each("eviction.json", group, count, check);

    /// <summary>As the file writes them: <c>memory.available&lt;2Gi for 1m0s reclaim 500Mi</c>.</summary>
    private static EvictionThreshold Threshold(string text)
    {
        string[] words = text.Split(' ');
        string[] parts = words[0].Split('<');
        string? After(string word) => Array.IndexOf(words, word) is >= 0 and var i ? words[i + 1] : null;
        return new EvictionThreshold(
            parts[0], Value(parts[1]), After("for") is { } grace ? Duration(grace) : null,
            After("reclaim") is { } reclaim ? Value(reclaim) : null);
    }

    private static IEnumerable<EvictionThreshold> Thresholds(JsonValue? texts) =>
        texts!.Items.Select(t => Threshold(t.AsString!)); // A list of texts.

    private static KeyValuePair<EvictionThreshold, SimTime>[] Times(JsonValue? json) =>
        [.. json!.Members.Select( // A map of texts.
            m => KeyValuePair.Create(Threshold(m.Key), Time(m.Value.AsString!)))];

    private static SimTime Time(string text) => text == "now"
        ? Now : new SimTime(Now.Nanoseconds - Duration(text["now-".Length..]).Nanoseconds);

    private static SimDuration Duration(string text) =>
        DurationText.TryParse(text, out SimDuration duration) ? duration : throw new FormatException(text);

    private static ThresholdValue Value(string text) =>
        ThresholdValue.TryParse(text, out ThresholdValue value) ? value : throw new FormatException(text);

    private static Quantity Amount(JsonValue json, string name) =>
        Quantity.Parse(json[name]?.AsString ?? "0");

    private static KeyValuePair<string, string>[] Texts(JsonValue? map) =>
        [.. map!.Members.Select(m => KeyValuePair.Create(m.Key, m.Value.AsString!))]; // A map of texts.

    private static string Sorted(JsonValue? texts) => Sorted(texts!.Items.Select(t => // A list of texts.
        t.AsString!.Contains('<', StringComparison.Ordinal) ? Threshold(t.AsString!).ToString() : t.AsString!));

    private static string Sorted(IEnumerable<EvictionThreshold> thresholds) =>
        Sorted(thresholds.Select(t => t.ToString()));

    private static string Sorted(IEnumerable<string> texts) =>
        string.Join(", ", texts.Order(StringComparer.Ordinal));

    private static string Shown(IEnumerable<KeyValuePair<EvictionThreshold, SimTime>> times) =>
        Sorted(times.Select(t => $"{t.Key} since {t.Value.Nanoseconds}"));
}
