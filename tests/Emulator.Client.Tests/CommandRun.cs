using Emulator.Core.Documents;

namespace Emulator.Client.Tests;

/// <summary>One run of the command line inside the test's process.</summary>
internal sealed record CommandRun(int ExitCode, string Out, string Error)
{
    /// <summary>The repository's folder, found by the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Standard output as JSON.</summary>
    public JsonValue Json => JsonText.Parse(Out);

    /// <summary>Runs a command; paths are relative to the repository.</summary>
    public static CommandRun Of(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        string[] resolved = [.. arguments.Select(
            a => a.StartsWith("examples/", StringComparison.Ordinal) ? Path.Combine(Root, a) : a)];
        int code = CommandLine.Run(resolved, new Streams(TextReader.Null, output, error, IsTerminal: false));
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Emulator.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("no Emulator.sln above the test's folder");
    }
}
