using System.Text.RegularExpressions;

namespace Emulator.Tidy.Tests.Dashboards;

/// <summary>A row of <c>dashboards/metrics.txt</c>: what dashboards and alerts may use.</summary>
/// <param name="Name">As Prometheus shows it.</param>
/// <param name="Kind"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="Labels">Its own labels.</param>
/// <param name="From">The engine's instrument, or who else says it.</param>
public sealed partial record Metric(string Name, string Kind, string[] Labels, string From)
{
    /// <summary>The list of the repository.</summary>
    public static IReadOnlyList<Metric> Listed { get; } = Parse(DashboardFiles.Read("metrics.txt"));

    /// <summary>Whether nothing writes it yet.</summary>
    public bool IsPlanned => From.StartsWith("planned: ", StringComparison.Ordinal);

    /// <summary>Whether the engine writes it today.</summary>
    public bool IsTheEngines => From.StartsWith("emulator.", StringComparison.Ordinal);

    /// <summary>The names under which its figures can be asked for.</summary>
    public IEnumerable<string> Series =>
        Kind == "histogram" ? [Name + "_bucket", Name + "_sum", Name + "_count"] : [Name];

    /// <summary>Reads a list: four columns, apart by blanks; the last may hold blanks.</summary>
    public static IReadOnlyList<Metric> Parse(string text) =>
    [
        .. from line in text.Split('\n')
           where line.Length > 0 && line[0] != '#'
           let columns = line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
           let labels = columns[2] == "-" ? [] : columns[2].Split(',')
           select new Metric(columns[0], columns[1], labels, columns[3]),
    ];

    /// <summary>The metrics that a PromQL expression asks for.</summary>
    /// <remarks>What has the form of a metric of ours or of the collector's, and the two that Prometheus itself
    /// makes.</remarks>
    public static IEnumerable<string> UsedBy(string expression) =>
        SeriesName().Matches(expression).Select(match => match.Value).Distinct(StringComparer.Ordinal);

    [GeneratedRegex(@"\b(?:emulator_\w+|otelcol_\w+|up(?=\{)|ALERTS)")]
    private static partial Regex SeriesName();
}
