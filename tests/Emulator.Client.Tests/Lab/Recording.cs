namespace Emulator.Client.Tests.Lab;

/// <summary>What a real Linux kernel (6.18) showed in a scenario: a file under Facts.</summary>
/// <remarks>
/// One line each: <c>#</c> what it is, <c>app</c> what the application saw, <c>conntrack HOST</c> a tracked
/// connection, and a frame: host, interface, direction, MACs, and the packet.
/// </remarks>
internal sealed record Recording(
    IReadOnlyList<string> App, IReadOnlyList<string> Conntrack, IReadOnlyList<string> Frames)
{
    /// <summary>Reads the recording of a scenario.</summary>
    public static Recording Of(string mode, string scenario)
    {
        string[] lines = File.ReadAllLines(
            Path.Combine(CommandRun.Root, "tests/Emulator.Client.Tests/Facts", mode, $"{scenario}.walk"));
        return new Recording(
            [.. Starting(lines, "app ")],
            [.. Starting(lines, "conntrack ")],
            [.. lines.Where(l => !l.StartsWith('#') && !l.StartsWith("app ", StringComparison.Ordinal)
                && !l.StartsWith("conntrack ", StringComparison.Ordinal))]);
    }

    private static IEnumerable<string> Starting(string[] lines, string prefix) =>
        lines.Where(l => l.StartsWith(prefix, StringComparison.Ordinal)).Select(l => l[prefix.Length..]);
}
