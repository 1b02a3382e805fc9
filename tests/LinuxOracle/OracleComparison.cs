using System.Text.RegularExpressions;
using Emulator.Client.Tests.Lab;
using Emulator.LinuxOracle.Tests.Emulated;
using Emulator.LinuxOracle.Tests.Kernel;
using Emulator.LinuxOracle.Tests.Scenarios;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests;

/// <summary>Drives a scenario through both worlds and tells where they part.</summary>
internal static partial class OracleComparison
{
    // A real machine may hold up a program for longer than a kernel's timers wait. What is not the model's fault does
    // not come twice in the same way, nor three times; each try is compared whole.
    private const int Tries = 3;
    private const int PortsATry = 2_000;

    // What the Services, servers and tunnels listen at.
    private static readonly int[] FixedPorts =
        [53, 80, 5353, 8080, 8472, 9999, .. Enumerable.Range(30_001, 10), .. Enumerable.Range(30_101, 10)];

    /// <summary>The differences of each try; empty where there were none in one of them.</summary>
    /// <param name="worlds">Where the scenario is made.</param>
    /// <param name="scenario">What is done.</param>
    /// <param name="write">Told of each try that differs, of those too that a later one makes good.</param>
    public static string Differences(OracleWorlds worlds, OracleScenario scenario, Action<string> write) => Repeat(
        i =>
        {
            OracleScenario moved = scenario with { Steps = [.. scenario.Steps.Select(s => s.Moved(i * PortsATry))] };
            EmulatedSight model = EmulatedWorld.Make(worlds.Mode, moved);
            KernelSight kernel = worlds.Kernel.Make(moved, model.Yields);
            return MovedBack(Differences(moved, kernel, model.Sight), scenario, moved);
        },
        write);

    /// <summary>Tries until nothing differs, or what differs is what differed before.</summary>
    /// <param name="differencesOf">Makes a try by its number, from 0, and tells what differed.</param>
    /// <param name="write">Told of each try that differs.</param>
    internal static string Repeat(Func<int, string> differencesOf, Action<string> write)
    {
        List<string> before = [];
        string differences = "";
        while (before.Count < Tries)
        {
            string found = differencesOf(before.Count);
            if (found.Length == 0)
            {
                return "";
            }

            string told = $"try {before.Count + 1} of {Tries}:\n{found}";
            write(told);
            differences += told;
            if (before.Contains(found))
            {
                break;
            }

            before.Add(found);
        }

        return differences;
    }

    // Each try has ports of its own, which are no difference between two of them.
    private static string MovedBack(string differences, OracleScenario scenario, OracleScenario moved)
    {
        Dictionary<string, string> ports = new(StringComparer.Ordinal);
        foreach ((OracleStep from, OracleStep to) in scenario.Steps.Zip(moved.Steps))
        {
            if (from is OracleStep.Connect first && to is OracleStep.Connect later)
            {
                ports[$"{later.LocalPort}"] = $"{first.LocalPort}";
            }
        }

        return Port().Replace(differences, m => ports.GetValueOrDefault(m.Value, m.Value));
    }

    private static string Differences(OracleScenario scenario, KernelSight kernel, LabSight model)
    {
        var comparison = new WalkComparison(new WalkRules(FixedPorts.Concat(scenario.Ports))
        {
            IsCold = scenario.IsCold,
            Interleaves = scenario.Interleaves,
            BroadcastsRace = true,
            NumbersCount = true,
            WindowsCount = !scenario.WindowGrows,
            Listens = f => EmulatedWorld.IsInBoth(FrameText.HostOf(f), f.Interface.Name),
        });
        string frames = comparison.Differences(comparison.Lines(kernel.Frames), model);
        string app = TextDifference.Of(comparison.OfApp(kernel.App), comparison.OfApp(model.App));
        string conntrack = TextDifference.Of(
            Tracked(comparison, kernel.Conntrack), Tracked(comparison, model.Conntrack));
        return (frames.Length > 0 ? $"{frames}\n" : "")
            + (app.Length > 0 ? $"applications: {app}\n" : "")
            + (conntrack.Length > 0 ? $"conntrack: {conntrack}\n" : "");
    }

    // A tunnel's source ports are a keyed hash of the flow, or of the sender's socket: how many there are is chance.
    private static IEnumerable<string> Tracked(WalkComparison comparison, IEnumerable<string> lines) => comparison
        .Unordered(lines).GroupBy(l => l)
        .SelectMany(g => g.Key.Contains("port=8472", StringComparison.Ordinal) ? g.Take(1) : g);

    [GeneratedRegex(@"(?<=[:=])\d+\b")]
    private static partial Regex Port();
}
