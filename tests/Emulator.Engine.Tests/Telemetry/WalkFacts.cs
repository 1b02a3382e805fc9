using System.Text.Json;

namespace Emulator.Engine.Tests.Telemetry;

/// <summary>
/// Frames that were seen on a Linux 6.18 kernel's interfaces (Facts/walks.json), and hops of our JSON in the same form.
/// </summary>
internal static class WalkFacts
{
    /// <summary>The rows of a scenario, each as sorted <c>name=value</c> text.</summary>
    public static string[] Rows(string scenario)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Telemetry", "Facts", "walks.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.GetProperty(scenario).EnumerateArray().Select(r => Text(Flatten(r, "")))];
    }

    /// <summary>The hops of a report's JSON, in the rows' form: their names, and zeros left out.</summary>
    public static string[] Hops(string reportJson)
    {
        using JsonDocument document = JsonDocument.Parse(reportJson);
        return [.. document.RootElement.GetProperty("hops").EnumerateArray().Select(Row)];
    }

    private static string Row(JsonElement hop)
    {
        var row = new List<(string Name, string Value)>
        {
            ("ns", hop.GetProperty("netns").GetString()!),
            ("if", hop.GetProperty("interface").GetString()!),
            ("dir", hop.GetProperty("direction").GetString()!),
        };
        foreach ((string name, string value) in Flatten(hop.GetProperty("packet"), ""))
        {
            bool isArp = hop.GetProperty("packet").TryGetProperty("arp", out _);
            bool isOurs = name is "id" or "flow" || (name is "df" or "mf" or "fragoff" && value is "False" or "0")
                || (isArp && name is "src" or "dst" or "proto" or "length");
            if (!isOurs)
            {
                row.Add((name.Replace("icmp.", "").Replace("length", "len"), value == "True" ? "1" : value));
            }
        }

        return Text(row);
    }

    private static IEnumerable<(string Name, string Value)> Flatten(JsonElement element, string prefix)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach ((string Name, string Value) inner in Flatten(property.Value, $"{prefix}{property.Name}."))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return (prefix + property.Name, property.Value.ToString().Replace(" ", ""));
            }
        }
    }

    private static string Text(IEnumerable<(string Name, string Value)> pairs) =>
        string.Join(' ', pairs.Select(p => $"{p.Name}={p.Value}").Order(StringComparer.Ordinal));
}
