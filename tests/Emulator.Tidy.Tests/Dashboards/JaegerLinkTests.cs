using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Emulator.Tidy.Tests.Dashboards;

public partial class JaegerLinkTests
{
    private static readonly JsonNode Settings = JsonNode.Parse(DashboardFiles.Read("jaeger", "ui.json"))
        ?? throw new InvalidOperationException("ui.json holds null.");

    private static readonly string HopPage = DashboardFiles.Read("web", "pages", "hop.html");

    [Fact]
    public void A_link_hangs_on_tags_that_hops_have()
    {
        SourceFile writer = Repository.Sources.Single(file => file.Name == "HopSpanWriter.cs");
        string[] tags = [.. TagWritten().Matches(writer.Text).Select(match => match.Groups["tag"].Value)];
        JsonArray links = Settings["linkPatterns"]!.AsArray(); // The file has it.

        Assert.Equal(8, links.Count);
        Assert.All(links, link => Assert.Contains((string?)link!["key"], tags));
        Assert.All(
            links.SelectMany(link => TagUsed().Matches((string)link!["url"]! + (string)link["text"]!)),
            use => Assert.Contains(use.Groups["tag"].Value, tags));
    }

    [Fact]
    public void Links_lead_to_pages_that_are_there()
    {
        string[] pages = [.. DashboardFiles.Objects(Settings).Select(part => (string?)part["url"]).OfType<string>()
            .Select(url => new Uri(url.Replace("#{", "{", StringComparison.Ordinal)).AbsolutePath).Distinct()];

        Assert.Equal(
            ["/", "/grafana/d/emulator-packets", "/grafana/d/emulator-silos", "/hop.html"],
            pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_of_a_hop_explains_every_reason_and_no_others()
    {
        SourceFile reasons = Repository.Sources.Single(file => file.Name == "DropReason.cs");
        IEnumerable<string> named = Member().Matches(reasons.Text).Select(match => match.Groups["name"].Value)
            .Where(name => name != "None");

        Assert.Equal(named, Explained().Matches(HopPage).Select(match => match.Groups["name"].Value));
    }

    [GeneratedRegex(@"\bPut(?:Hex)?\(""(?<tag>[^""]+)""")]
    private static partial Regex TagWritten();

    [GeneratedRegex(@"#\{(?<tag>[^}]+)\}")]
    private static partial Regex TagUsed();

    [GeneratedRegex(@"^    (?<name>[A-Z]\w+),$", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex(@"<dt id=""(?<name>\w+)"">")]
    private static partial Regex Explained();
}
