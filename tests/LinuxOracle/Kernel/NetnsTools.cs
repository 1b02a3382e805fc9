using System.Diagnostics;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>Programs run inside a namespace: a child process is born in its parent thread's namespace.</summary>
internal static class NetnsTools
{
    /// <summary><c>ip -batch -</c> with some lines.</summary>
    public static void IP(this NetnsThread netns, params IEnumerable<string> lines) =>
        netns.Start("ip", string.Join('\n', lines) + "\n", "-batch", "-");

    /// <summary><c>ip -force -batch -</c>: what cannot be done is passed over.</summary>
    public static void Try(this NetnsThread netns, params IEnumerable<string> lines)
    {
        try
        {
            netns.Start("ip", string.Join('\n', lines) + "\n", "-force", "-batch", "-");
        }
        catch (InvalidOperationException)
        {
            // ip tells by its exit code that there was something to pass over.
        }
    }

    /// <summary><c>bridge -batch -</c> with some lines.</summary>
    public static void Bridge(this NetnsThread netns, params IEnumerable<string> lines) =>
        netns.Start("bridge", string.Join('\n', lines) + "\n", "-batch", "-");

    /// <summary><c>iptables-restore</c>: all tables that the text names are replaced.</summary>
    public static void RestoreRules(this NetnsThread netns, string rules) =>
        netns.Start("iptables-restore", rules.TrimEnd() + "\n");

    /// <summary><c>iptables-save</c>, as iptables-restore takes it.</summary>
    public static string SavedRules(this NetnsThread netns) => netns.Start("iptables-save", "");

    private static string Start(this NetnsThread netns, string program, string input, params string[] arguments) =>
        netns.Run(() =>
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!; // Never null without a shell.
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException(
                $"{netns.Name}: {program} {string.Join(' ', arguments)}: {errors.Result}\n{input}");
        });
}
