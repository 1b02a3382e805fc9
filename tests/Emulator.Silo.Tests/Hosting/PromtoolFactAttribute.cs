using System.Diagnostics;

namespace Emulator.Silo.Tests.Hosting;

/// <summary>A test that needs promtool; it is skipped, and says so, where there is none.</summary>
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (!IsThere)
        {
            Skip = "promtool is not installed: Prometheus did not check the metrics (apt-get install prometheus)";
        }
    }

    private static readonly bool IsThere = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "promtool")));

    /// <summary>What <c>promtool check metrics</c> has to say about a text: nothing, where it is well.</summary>
    public static async Task<string> Check(string metrics)
    {
        var start = new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!; // promtool is on the path.
        await process.StandardInput.WriteAsync(metrics);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string complaints = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? complaints : $"exit code {process.ExitCode}\n{complaints}";
    }
}
