namespace Emulator.Tidy.Tests;

public class ProjectRulesTests
{
    [Fact]
    public void A_package_in_core_is_found()
    {
        Assert.Equal(
            ["core/Emulator.Core/Emulator.Core.csproj: package Newtonsoft.Json; core has no packages."],
            ProjectRules.Packages(
                Project("core", "Emulator.Core", "<PackageReference Include=\"Newtonsoft.Json\" />")));
        Assert.Empty(
            ProjectRules.Packages(Project("engine", "Emulator.Engine", "<PackageReference Include=\"YamlDotNet\" />")));
    }

    [Theory]
    [InlineData("Emulator.Linux", "Emulator.Kubernetes", 1)]
    [InlineData("Emulator.Underlay", "Emulator.Linux", 1)]
    [InlineData("Emulator.Core", "Emulator.Underlay", 1)]
    [InlineData("Emulator.Kubernetes", "Emulator.Engine", 1)]
    [InlineData("Emulator.Linux", "Emulator.Underlay", 0)]
    [InlineData("Emulator.Cluster", "Emulator.Kubernetes", 0)]
    [InlineData("Emulator.Novel", "Emulator.Core", 1)]
    public void A_forbidden_arrow_is_found(string from, string to, int breaches)
    {
        SourceFile project = Project("core", from, $"<ProjectReference Include=\"../{to}/{to}.csproj\" />");

        Assert.Equal(breaches, ProjectRules.References(project).Count());
    }

    private static SourceFile Project(string folder, string name, string item) =>
        new(
            $"{folder}/{name}/{name}.csproj",
            $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{item}</ItemGroup></Project>");
}
