using System.Text.RegularExpressions;

namespace Emulator.Tidy.Tests.Dashboards;

/// <summary>What is true of <c>docker-compose.yml</c> without a container engine.</summary>
public partial class ComposeTests
{
    private static readonly string Compose = ReadRoot("docker-compose.yml");
    private static readonly string[] Settings =
        [.. Setting().Matches(ReadRoot(".env")).Select(match => match.Groups["name"].Value)];

    [Fact]
    public void Every_variable_has_its_value_in_env_and_every_value_is_used()
    {
        IEnumerable<string> used = Variable().Matches(Compose).Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal);

        // The two that docker compose reads itself.
        Assert.Equal(
            Settings.Except(["COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"], StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
            used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_image_has_a_version_of_env()
    {
        string[] images = [.. Image().Matches(Compose).Select(match => match.Groups["image"].Value)];

        Assert.Equal(6, images.Length);
        Assert.All(images, image => Assert.Matches(@"^[\w/]+:\$\{[A-Z]+_VERSION\}$", image));
    }

    [Fact]
    public void Every_file_that_is_mounted_is_there()
    {
        string[] mounted = [.. Mount().Matches(Compose).Select(match => match.Groups["path"].Value)];

        Assert.Equal(6, mounted.Length);
        Assert.All(mounted, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [Fact]
    public void Silos_can_be_many()
    {
        string silo = Service("silo");

        Assert.DoesNotContain("container_name:", silo, StringComparison.Ordinal);
        Assert.DoesNotContain("ports:", silo, StringComparison.Ordinal);
        Assert.DoesNotContain("hostname:", silo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres", "cluster")]
    [InlineData("silo", "cluster")]
    [InlineData("web", "cluster")]
    [InlineData("jaeger", "cluster, jaeger")]
    [InlineData("prometheus", "cluster")]
    [InlineData("grafana", "cluster")]
    [InlineData("emulator", "cli")]
    public void A_service_starts_with_its_profiles_and_says_how_it_is(string service, string profiles)
    {
        Assert.Contains($"    profiles: [{profiles}]\n", Service(service), StringComparison.Ordinal);
        Assert.Contains("    healthcheck:\n", Service(service), StringComparison.Ordinal);
    }

    [Fact]
    public void Jaeger_alone_needs_nobody_else() =>
        Assert.DoesNotContain("depends_on:", Service("jaeger"), StringComparison.Ordinal);

    [Fact]
    public void The_image_holds_the_folders_that_it_is_built_from()
    {
        string ignored = ReadRoot(".dockerignore");

        Assert.All(
            ["core", "engine", "grains", "silo", "client", "examples", "Directory.Packages.props", "global.json"],
            path => Assert.Contains($"\n!{path}\n", ignored, StringComparison.Ordinal));
    }

    private static string Service(string name)
    {
        int start = Compose.IndexOf($"\n  {name}:\n", StringComparison.Ordinal);
        Match end = NextService().Match(Compose, start + 1);
        return Compose[start..(end.Success ? end.Index : Compose.Length)];
    }

    private static string ReadRoot(string file) =>
        File.ReadAllText(Path.Combine(Repository.Root, file)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^(?<name>[A-Z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s+image: (?<image>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Image();

    [GeneratedRegex(@"^\s+- \./(?<path>[^:]+):", RegexOptions.Multiline)]
    private static partial Regex Mount();

    [GeneratedRegex(@"\n(?:  [a-z]+:|[a-z]+:)\n")]
    private static partial Regex NextService();
}
