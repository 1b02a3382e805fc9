using System.Text.Json.Nodes;

namespace Emulator.Tidy.Tests.Dashboards;

/// <summary>The files under <c>dashboards/</c>.</summary>
public static class DashboardFiles
{
    /// <summary>The paths of Grafana's pages, from the repository's root.</summary>
    public static IEnumerable<string> Boards =>
        from path in Directory.EnumerateFiles(
            Path.Combine(Repository.Root, "dashboards", "grafana", "dashboards"), "*.json")
        orderby path
        select Path.GetFileName(path);

    /// <summary>A file's text.</summary>
    public static string Read(params string[] path) =>
        File.ReadAllText(Path.Combine([Repository.Root, "dashboards", .. path])).ReplaceLineEndings("\n");

    /// <summary>One of Grafana's pages.</summary>
    public static JsonNode Board(string file) =>
        JsonNode.Parse(Read("grafana", "dashboards", file))
        ?? throw new InvalidOperationException($"{file} holds null.");

    /// <summary>All objects in a document, the document among them.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject whole => whole.SelectMany(member => Objects(member.Value)).Prepend(whole),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };
}
