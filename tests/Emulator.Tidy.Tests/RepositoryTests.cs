namespace Emulator.Tidy.Tests;

public class RepositoryTests
{
    public static TheoryData<string> RuleNames => [.. SourceRules.All.Keys];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Every_source_file_keeps_the_rule_of(string rule)
    {
        string[] breaches = [.. Repository.Sources.SelectMany(SourceRules.All[rule])];

        Assert.True(breaches.Length == 0, string.Join('\n', breaches));
    }

    [Fact]
    public void Core_has_no_packages()
    {
        string[] breaches = [.. Repository.Projects.SelectMany(ProjectRules.Packages)];

        Assert.True(breaches.Length == 0, string.Join('\n', breaches));
    }

    [Fact]
    public void Core_keeps_to_the_allowed_references()
    {
        string[] breaches = [.. Repository.Projects.SelectMany(ProjectRules.References)];

        Assert.True(breaches.Length == 0, string.Join('\n', breaches));
    }

    [Fact]
    public void The_files_were_found()
    {
        Assert.Contains(Repository.Sources, file => file.Path == "core/Emulator.Core/Actors/Actor.cs");
        Assert.Contains(Repository.Sources, file => file.Path == "tests/Emulator.Tidy.Tests/RepositoryTests.cs");
        Assert.Contains(Repository.Projects, file => file.Path == "core/Emulator.Linux/Emulator.Linux.csproj");
        Assert.DoesNotContain(Repository.Sources, file => file.Path.Contains("/obj/", StringComparison.Ordinal));
    }
}
