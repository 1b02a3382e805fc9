namespace Emulator.Tidy.Tests;

/// <summary>A file of the repository: its path from the root, with forward slashes, and its text.</summary>
public sealed record SourceFile(string Path, string Text)
{
    public string Name => System.IO.Path.GetFileName(Path);

    public string[] Lines => Text.TrimEnd('\n').Split('\n');

    public bool IsUnder(params string[] folders) =>
        folders.Any(folder => Path.StartsWith(folder + "/", StringComparison.Ordinal));
}

/// <summary>The repository that this test was built from.</summary>
public static class Repository
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", "TestResults", "artifacts", "node_modules"];

    /// <summary>The folder that holds Emulator.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> Sources { get; } = Read("*.cs");

    public static IReadOnlyList<SourceFile> Projects { get; } = Read("*.csproj");

    private static List<SourceFile> Read(string pattern)
    {
        List<SourceFile> files = [];
        foreach (string path in Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(Root, path).Replace('\\', '/');
            if (!relative.Split('/').Intersect(Skipped, StringComparer.Ordinal).Any())
            {
                files.Add(new SourceFile(relative, File.ReadAllText(path).ReplaceLineEndings("\n")));
            }
        }

        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Emulator.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException(
            $"No Emulator.sln above {AppContext.BaseDirectory}.");
    }
}
