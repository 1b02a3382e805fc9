namespace Emulator.Client.Tests;

/// <summary>examples/limits, from manifest to trace. Figures by arithmetic: 100 ms of CPU in periods of 20 take four
/// pauses of 80 ms, less what the first period has gone by.</summary>
public sealed class LimitsTests
{
    private const string Kubepods = "cat /sys/fs/cgroup/kubepods";

    [Fact]
    public void A_throttled_answer_shows_its_throttled_time_on_the_hop_that_carries_it()
    {
        CommandRun run = Trace();
        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Out.Split('\n');
        int cost = Array.FindIndex(lines, l => l.Contains("cpu: cpu 100.000000ms throttled", StringComparison.Ordinal));
        Assert.Contains("slow:eth0", lines[cost - 1], StringComparison.Ordinal);
        Assert.Contains("10.244.2.2:80 >", lines[cost - 1], StringComparison.Ordinal);
        string throttled = lines[cost].Split("throttled ")[1].Split("ms")[0];
        Assert.InRange(decimal.Parse(throttled, System.Globalization.CultureInfo.InvariantCulture), 240, 320);
    }

    [Fact]
    public void The_same_seed_throttles_alike() => Assert.Equal(Trace().Out, Trace().Out);

    [Fact]
    public void A_leak_is_killed_and_a_pod_with_static_cores_is_not_throttled()
    {
        // 64Mi at 32Mi/s last 2 s; it is started again at once and after 10 s, each time in a cgroup of its own: the
        // pod's counts them all.
        Assert.Equal(
            "low 0\nhigh 0\nmax 3\noom 3\noom_kill 3\noom_group_kill 3\n",
            Show($"{Kubepods}/burstable/pod*/memory.events"));
        Assert.Equal("1-2\n", Show($"{Kubepods}/pod*/app/cpuset.cpus"));
        Assert.Contains("\nnr_throttled 0\nthrottled_usec 0\n", Show($"{Kubepods}/pod*/app/cpu.stat"));
    }

    private static CommandRun Trace() =>
        CommandRun.Of("trace", "examples/limits", "--from", "node/node-1", "--to", "svc/default/slow:80");

    private static string Show(string command) => CommandRun.Of("show", "examples/limits", "node-1", command).Out;
}
