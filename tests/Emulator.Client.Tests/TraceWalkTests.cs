namespace Emulator.Client.Tests;

/// <summary>
/// What <c>emulator trace</c> prints of an exchange is what a real Linux kernel (6.18) showed on the same topology. All
/// recorded scenarios are in <see cref="LinuxWalkTests"/>.
/// </summary>
public sealed class TraceWalkTests
{
    public static TheoryData<string, string, string> Scenarios()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string mode in (string[])["vxlan", "hostgw"])
        {
            foreach ((string scenario, string from, string to) in All)
            {
                data.Add(mode, scenario, $"--from {from} --to {to}");
            }
        }

        return data;
    }

    private const string Tcp = "--request-bytes 5 --reply-bytes 6";
    private const string Udp = "--request-bytes 4 --reply-bytes 5";
    private const string P1A = "pod/default/p1a";
    private const string Outside = "external:192.168.77.100";

    private static readonly (string Scenario, string From, string To)[] All =
    [
        ("icmp_same_node", P1A, "icmp://10.244.1.3"),
        ("icmp_cross_node", P1A, "icmp://10.244.2.2"),
        ("udp_same_node", P1A, $"udp://10.244.1.3:5353 --sport 41000 {Udp}"),
        ("udp_cross_node", P1A, $"udp://10.244.2.2:5353 --sport 41001 {Udp}"),
        ("tcp_same_node", P1A, $"tcp://10.244.1.3:8080 --sport 42000 {Tcp}"),
        ("tcp_cross_node", P1A, $"tcp://10.244.2.2:8080 --sport 42001 {Tcp}"),
        ("tcp_clusterip_local", P1A, $"tcp://10.96.0.70:80 --sport 42010 {Tcp}"),
        ("tcp_clusterip_remote", P1A, $"tcp://10.96.0.60:80 --sport 42011 {Tcp}"),
        ("tcp_nodeport_ext_remote_ep", Outside, $"tcp://192.168.77.11:30086 --sport 42031 {Tcp}"),
        ("tcp_noendpoints_pod", P1A, $"tcp://10.96.0.30:80 --sport 42040 {Tcp}"),
    ];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Equals_the_real_kernels_walk(string mode, string scenario, string options)
    {
        string[] trace = ["trace", $"examples/linux-facts/{mode}", .. options.Split(' '), "-o", "json"];

        CommandRun run = CommandRun.Of(trace);

        string recording = Path.Combine(CommandRun.Root, "tests/Emulator.Client.Tests/Facts", mode, $"{scenario}.walk");
        Assert.Equal(WalkText.Recorded(recording), WalkText.Traced(run.Json));
    }
}
