using Emulator.Client.Tests.Lab;
using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.LinuxOracle.Tests.Scenarios;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Emulated;

/// <summary>What one step brought in the emulator: what the real kernel is waited for.</summary>
internal readonly record struct StepYield(int Frames, long Seen);

/// <summary>A scenario in the emulator: what was seen, and what each step brought.</summary>
internal sealed record EmulatedSight(LabSight Sight, IReadOnlyList<StepYield> Yields);

/// <summary>The emulator's side of the oracle.</summary>
internal sealed class EmulatedWorld : IDisposable
{
    /// <summary>The hosts outside of the switch.</summary>
    public static readonly string[] Hosts = ["n1", "n2", "n3", "ext", "p1a", "p1b", "p2a", "p2b", "p3a", "p3b"];

    private const string Folder = "tests/LinuxOracle/Clusters/";
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);

    /// <summary>Builds the cluster of a mode and lets its hosts learn of each other.</summary>
    public EmulatedWorld(string mode)
    {
        Lab = new LabCluster([$"{Folder}{mode}.yaml", $"{Folder}pods.yaml", $"{Folder}services.yaml"], Hosts, 1);
        foreach (string host in Hosts)
        {
            foreach ((string name, long value) in Neighbourhood.Sysctls)
            {
                Lab.Inject(host, new SetSysctl(name, value));
            }

            Lab.Inject(host, new StartProcess("puppet", new Puppet(Seen)));
        }

        foreach ((string from, string to) in Neighbourhood.Pings)
        {
            Lab.Inject(from, new PuppetOrder(new OracleStep.Ping(from, $"warm {from} {to}", to, 1)));
            Lab.Pass(20);
            Lab.Inject(from, new PuppetOrder(new OracleStep.Close($"warm {from} {to}")));
        }

        foreach (Neighbour n in Neighbourhood.Of(Devices))
        {
            Lab.Inject(n.At, new AddNeighbour(
                n.Device, IPv4Address.Parse(n.Address), MacAddress.Parse(n.Mac), NeighbourState.Reachable));
        }

        Seen.Clear();
    }

    /// <summary>The cluster.</summary>
    public LabCluster Lab { get; }

    /// <summary>Each host's devices.</summary>
    public IReadOnlyDictionary<string, ListedDevice[]> Devices =>
        Hosts.ToDictionary(h => h, h => ListedDevice.Parse(Lab.Answer(h, "ip addr")), StringComparer.Ordinal);

    private Transcript Seen { get; } = new();

    /// <summary>Whether both worlds have the place of a frame: only the emulator has a machine for the control plane,
    /// and only the real switch is a host that is shown what it floods.</summary>
    public static bool IsInBoth(string host, string device) =>
        host != "control-plane" && device is not ("sw-cp" or "br0");

    /// <summary>Makes a scenario in a cluster of its own.</summary>
    public static EmulatedSight Make(string mode, OracleScenario scenario)
    {
        using var world = new EmulatedWorld(mode);
        return world.Make(scenario);
    }

    public void Dispose() => Lab.Dispose();

    private EmulatedSight Make(OracleScenario scenario)
    {
        foreach (OracleStep step in scenario.Prepare)
        {
            Do(step);
        }

        foreach (string host in Hosts)
        {
            Lab.Inject(host, new FlushConntrack());
        }

        Lab.Journal.Frames.Clear();
        List<StepYield> yields = [];
        foreach (OracleStep step in scenario.Steps)
        {
            Do(step);
            int shown = Lab.Journal.Frames.Count(f => IsInBoth(FrameText.HostOf(f), f.Interface.Name));
            yields.Add(new StepYield(shown, Seen.Count));
        }

        SeenFrame[] frames = [.. Lab.Journal.Frames.OrderBy(f => f.Time)];
        string[] conntrack =
            [.. Neighbourhood.Nodes.SelectMany(n => Lab.Answer(n, "conntrack -L").Select(l => $"{n} {l}"))];
        return new EmulatedSight(new LabSight(Seen.Lines, conntrack, frames), yields);
    }

    private void Do(OracleStep step)
    {
        switch (step)
        {
            case OracleStep.Configure configure:
                Lab.Inject(configure.At, configure.Message);
                break;
            case OracleStep.EditRules edit:
                Lab.EditRules(edit.At, edit.Edit);
                break;
            case OracleStep.Wait:
                break;
            default:
                Lab.Inject(StepOwner.Of(step, _owners), new PuppetOrder(step));
                break;
        }

        Lab.Pass(step.Settle);
    }
}
