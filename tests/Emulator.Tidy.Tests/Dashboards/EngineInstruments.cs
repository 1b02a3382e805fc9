using System.Text.RegularExpressions;

namespace Emulator.Tidy.Tests.Dashboards;

/// <summary>The instruments that a C# file makes, and what Prometheus calls them.</summary>
/// <remarks>
/// Source of the names: OpenTelemetry's specification, "Prometheus and OpenMetrics compatibility": what is no letter or
/// digit becomes an underscore, a unit is written out and appended unless it is an annotation in braces, a counter ends
/// in <c>_total</c>.
/// </remarks>
public static partial class EngineInstruments
{
    /// <summary>Prometheus' names and kinds of the instruments that a source makes.</summary>
    public static IEnumerable<(string Name, string Kind, string Instrument)> Of(string source) =>
        from match in Creation().Matches(source)
        let kind = match.Groups["kind"].Value.ToLowerInvariant()
        let instrument = match.Groups["name"].Value
        select (PrometheusName(instrument, match.Groups["unit"].Value, kind), kind, instrument);

    /// <summary>What Prometheus calls an instrument.</summary>
    public static string PrometheusName(string instrument, string unit, string kind)
    {
        string suffix = unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "" => "",
            _ when unit[0] == '{' => "",
            _ => throw new ArgumentException($"{instrument}: unit '{unit}' has no rule here; add it.", nameof(unit)),
        };
        string name = NoWord().Replace(instrument, "_") + suffix;
        return kind == "counter" ? name + "_total" : name;
    }

    [GeneratedRegex(
        @"\b(?:Create)?(?<kind>Counter|Histogram|Gauge)(?:<\w+>)?\(\s*""(?<name>[^""]+)"",\s*""(?<unit>[^""]*)""")]
    private static partial Regex Creation();

    [GeneratedRegex("[^a-zA-Z0-9_]")]
    private static partial Regex NoWord();
}
