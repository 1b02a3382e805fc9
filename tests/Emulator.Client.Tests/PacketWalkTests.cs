namespace Emulator.Client.Tests;

/// <summary>docs/packet-walk.md is true: its command prints what it shows.</summary>
public sealed class PacketWalkTests
{
    [Fact]
    public void The_documents_command_prints_what_the_document_shows()
    {
        const string prompt = "$ ./emulator ";
        string[] lines = File.ReadAllLines(Path.Combine(CommandRun.Root, "docs", "packet-walk.md"));
        int command = Array.FindIndex(lines, l => l.StartsWith(prompt, StringComparison.Ordinal));
        int end = Array.FindIndex(lines, command, l => l == "```");

        CommandRun run = CommandRun.Of(lines[command][prompt.Length..].Split(' '));

        Assert.Equal(string.Join('\n', lines[(command + 1)..end]), run.Out.TrimEnd());
    }

    [Fact]
    public void Every_file_that_the_walk_names_exists()
    {
        string text = File.ReadAllText(Path.Combine(CommandRun.Root, "docs", "packet-walk.md"));
        string linux = Path.Combine(CommandRun.Root, "core", "Emulator.Linux");
        string[] named = [.. text.Split('`').Where((_, i) => i % 2 == 1).Where(
            t => t.Contains('/') && !t.Contains(' ') && !t.StartsWith("Emulator.", StringComparison.Ordinal))];

        Assert.NotEmpty(named);
        Assert.All(named, n => Assert.True(
            File.Exists(Path.Combine(linux, n + ".cs")) || Directory.Exists(Path.Combine(linux, n)), n));
    }
}
