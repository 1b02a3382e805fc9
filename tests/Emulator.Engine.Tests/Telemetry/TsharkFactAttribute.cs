using System.Diagnostics;

namespace Emulator.Engine.Tests.Telemetry;

/// <summary>A test that needs tshark; it is skipped, and says so, where there is none.</summary>
internal sealed class TsharkFactAttribute : FactAttribute
{
    public TsharkFactAttribute()
    {
        if (!IsThere)
        {
            Skip = "tshark is not installed: Wireshark's dissectors did not check the capture (apt-get install tshark)";
        }
    }

    private static readonly bool IsThere = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "tshark")));

    /// <summary>Runs tshark over a file with every checksum verified and port 8472 read as VXLAN; its lines.</summary>
    public static string[] Run(string file, params string[] arguments)
    {
        string[] fixedArguments =
        [
            "-n", "-r", file, "-d", "udp.port==8472,vxlan", "-o", "ip.check_checksum:TRUE",
            "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "ip.defragment:TRUE",
        ];
        var start = new ProcessStartInfo("tshark", [.. fixedArguments, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!; // tshark is on the path.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
