namespace Emulator.Client.Tests;

/// <summary>
/// Every frame at every interface equals what a real Linux kernel (6.18) showed on the same topology, for the pod network over
/// VXLAN and over host-gw.
/// </summary>
public sealed class LinuxWalkTests
{
    public static TheoryData<string, string, string> Scenarios()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string mode in (string[])["vxlan", "hostgw"])
        {
            data.Add(mode, "icmp_same_node", "--from pod/default/p1a --to icmp://10.244.1.3");
            data.Add(mode, "icmp_cross_node", "--from pod/default/p1a --to icmp://10.244.2.2");
            data.Add(mode, "udp_same_node", "--from pod/default/p1a --to udp://10.244.1.3:5353 --sport 41000 --request-bytes 4 --reply-bytes 5");
            data.Add(mode, "udp_cross_node", "--from pod/default/p1a --to udp://10.244.2.2:5353 --sport 41001 --request-bytes 4 --reply-bytes 5");
            data.Add(mode, "tcp_same_node", "--from pod/default/p1a --to tcp://10.244.1.3:8080 --sport 42000 " + Bytes);
            data.Add(mode, "tcp_cross_node", "--from pod/default/p1a --to tcp://10.244.2.2:8080 --sport 42001 " + Bytes);
            data.Add(mode, "tcp_clusterip_local", "--from pod/default/p1a --to tcp://10.96.0.70:80 --sport 42010 " + Bytes);
            data.Add(mode, "tcp_clusterip_remote", "--from pod/default/p1a --to tcp://10.96.0.60:80 --sport 42011 " + Bytes);
            data.Add(mode, "tcp_nodeport_ext_remote_ep", "--from external:192.168.77.100 --to tcp://192.168.77.11:30086 --sport 42031 " + Bytes);
            data.Add(mode, "tcp_noendpoints_pod", "--from pod/default/p1a --to tcp://10.96.0.30:80 --sport 42040 " + Bytes);
        }

        return data;
    }

    private const string Bytes = "--request-bytes 5 --reply-bytes 6";

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Equals_the_real_kernels_walk(string mode, string scenario, string options)
    {
        string[] trace = ["trace", $"examples/linux-facts/{mode}", .. options.Split(' '), "-o", "json"];

        CommandRun run = CommandRun.Of(trace);

        string recording = Path.Combine(CommandRun.Root, "tests", "Emulator.Client.Tests", "Facts", mode, scenario + ".walk");
        Assert.Equal(WalkText.Recorded(recording), WalkText.Traced(run.Json));
    }
}
