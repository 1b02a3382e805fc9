using System.ComponentModel;
using System.Diagnostics;

namespace Emulator.Client.Tests;

/// <summary>Wireshark's own reading of a capture.</summary>
internal static class Tshark
{
    /// <summary>Lines of "interface count" in ordinal order; null when tshark is not installed.</summary>
    /// <exception cref="InvalidOperationException">A packet is malformed or a checksum is wrong.</exception>
    public static string? FramesByInterface(string file)
    {
        string[] checks =
            ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"];
        string[] bad =
        [
            "-Y", "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0",
        ];
        if (Run(["-r", file, .. checks, .. bad]) is not { } malformed)
        {
            return null;
        }

        if (malformed.Length > 0)
        {
            throw new InvalidOperationException($"tshark finds fault with:\n{malformed}");
        }

        string names = Run(["-r", file, "-T", "fields", "-e", "frame.interface_name"]) ?? "";
        return string.Join('\n', names.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(n => n, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key} {g.Count()}"));
    }

    private static string? Run(string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("tshark", arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!; // Started anew, never reused.
            _ = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
