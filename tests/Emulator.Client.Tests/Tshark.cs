using System.Diagnostics;

namespace Emulator.Client.Tests;

/// <summary>Wireshark's own reading of a capture; for tests marked <c>TsharkFact</c>.</summary>
internal static class Tshark
{
    /// <summary>Lines of "interface count" in ordinal order.</summary>
    /// <exception cref="InvalidOperationException">A packet is malformed or a checksum is wrong.</exception>
    public static string FramesByInterface(string file)
    {
        string[] checks =
            ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"];
        string[] bad =
        [
            "-Y", "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0",
        ];
        string malformed = Run(["-r", file, .. checks, .. bad]);
        if (malformed.Length > 0)
        {
            throw new InvalidOperationException($"tshark finds fault with:\n{malformed}");
        }

        string names = Run(["-r", file, "-T", "fields", "-e", "frame.interface_name"]);
        return string.Join('\n', names.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(n => n, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key} {g.Count()}"));
    }

    private static string Run(string[] arguments)
    {
        var start = new ProcessStartInfo("tshark", arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!; // Started anew, never reused.
        _ = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
