using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Emulator.Tidy.Tests.Dashboards;

public partial class DashboardTests
{
    private static readonly Dictionary<string, Metric> BySeries =
        Metric.Listed.SelectMany(metric => metric.Series.Select(series => (series, metric)))
            .ToDictionary(pair => pair.series, pair => pair.metric, StringComparer.Ordinal);

    public static TheoryData<string> Boards => [.. DashboardFiles.Boards];

    [Fact]
    public void There_is_a_page_for_each_subject() =>
        Assert.Equal(
            ["cgroups.json", "cluster.json", "packets.json", "scheduler.json", "silos.json"], DashboardFiles.Boards);

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_page_uses_only_metrics_that_are_listed(string board) =>
        Assert.DoesNotContain(Expressions(board).SelectMany(Metric.UsedBy), series => !BySeries.ContainsKey(series));

    [Theory]
    [MemberData(nameof(Boards))]
    public void Every_question_of_a_page_names_a_metric(string board) =>
        Assert.All(Expressions(board), expression => Assert.NotEmpty(Metric.UsedBy(expression)));

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_page_sums_by_labels_that_the_metric_has(string board)
    {
        foreach (string expression in Expressions(board))
        {
            string[] known =
            [
                "instance", "job", "le", .. Metric.UsedBy(expression).SelectMany(series => BySeries[series].Labels),
            ];
            Assert.All(
                ByLabels().Matches(expression).SelectMany(match => match.Groups["labels"].Value.Split(',')),
                label => Assert.Contains(label.Trim(), known));
        }
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_page_asks_only_data_sources_that_are_provisioned(string board)
    {
        string[] provisioned =
        [
            .. DataSourceUid().Matches(DashboardFiles.Read("grafana", "provisioning", "datasources", "emulator.yaml"))
                .Select(match => match.Groups["uid"].Value),
        ];

        Assert.Equal(["emulator-prometheus", "emulator-jaeger"], provisioned);
        Assert.All(
            DashboardFiles.Objects(DashboardFiles.Board(board)).Select(part => part["datasource"]).OfType<JsonObject>(),
            source => Assert.Contains((string?)source["uid"], provisioned));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_panel_of_a_metric_that_is_only_planned_says_so(string board)
    {
        foreach (JsonNode? panel in DashboardFiles.Board(board)["panels"]!.AsArray()) // Every page has panels.
        {
            bool isPlanned = DashboardFiles.Objects(panel).Select(part => (string?)part["expr"]).OfType<string>()
                .SelectMany(Metric.UsedBy).Any(series => BySeries[series].IsPlanned);
            Assert.Equal(
                isPlanned, ((string?)panel!["title"])!.EndsWith("(not fed yet)", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Panels_do_not_lie_on_each_other(string board)
    {
        List<(int X, int Y)> taken = [];
        foreach (JsonNode? panel in DashboardFiles.Board(board)["panels"]!.AsArray())
        {
            JsonNode at = panel!["gridPos"]!; // Grafana needs it of every panel.
            taken.AddRange(
                from x in Enumerable.Range((int)at["x"]!, (int)at["w"]!)
                from y in Enumerable.Range((int)at["y"]!, (int)at["h"]!)
                select (x, y));
        }

        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.All(taken, cell => Assert.InRange(cell.X, 0, 23));
    }

    [Fact]
    public void A_page_has_the_uid_of_its_file() =>
        Assert.All(
            DashboardFiles.Boards,
            board => Assert.Equal(
                "emulator-" + Path.GetFileNameWithoutExtension(board), (string?)DashboardFiles.Board(board)["uid"]));

    [Theory]
    [InlineData("alerts.yml")]
    [InlineData("alerts.test.yml")]
    public void Alerts_use_only_metrics_that_are_listed_and_fed(string file)
    {
        string[] used = [.. Metric.UsedBy(DashboardFiles.Read("prometheus", file))];

        Assert.NotEmpty(used);
        Assert.All(used, series => Assert.False(BySeries[series].IsPlanned));
    }

    [Fact]
    public void Every_alert_is_tested()
    {
        string tests = DashboardFiles.Read("prometheus", "alerts.test.yml");
        string[] alerts =
        [
            .. AlertName().Matches(DashboardFiles.Read("prometheus", "alerts.yml"))
                .Select(match => match.Groups["name"].Value),
        ];

        Assert.Equal(9, alerts.Length);
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}\n", tests, StringComparison.Ordinal));
    }

    private static string[] Expressions(string board) =>
    [
        .. DashboardFiles.Objects(DashboardFiles.Board(board)).Select(part => (string?)part["expr"]).OfType<string>(),
    ];

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)")]
    private static partial Regex ByLabels();

    [GeneratedRegex(@"^\s+uid: (?<uid>\S+)$", RegexOptions.Multiline)]
    private static partial Regex DataSourceUid();

    [GeneratedRegex(@"^\s+- alert: (?<name>\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertName();
}
