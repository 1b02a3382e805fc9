using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests.Lab;

/// <summary>What the recorded hosts had done before each scenario: they knew each other, and had the recording's
/// settings.</summary>
internal static class LabWarmth
{
    private static readonly MacAddress P1B = MacAddress.Parse("0a:58:0a:f4:01:03");

    /// <summary>The recording's sysctls, a ping each way that is used later, and node 1's entry for p1b as it was:
    /// heard of, not confirmed.</summary>
    public static readonly LabStep[] Steps =
    [
        new LabStep.ConfigureAll(new SetSysctl("net.ipv4.icmp_ratelimit", 0)),
        new LabStep.ConfigureAll(new SetSysctl("net.ipv4.neigh.default.base_reachable_time_ms", 3_600_000)),
        Ping("p1a", "10.244.1.1"), Ping("p1a", "10.244.1.3"), Ping("p1a", "10.244.2.2"), Ping("p2a", "10.244.2.1"),
        Ping("p1b", "10.244.1.1"), Ping("n1", "192.168.77.12"), Ping("n1", "192.168.77.100"),
        Ping("n2", "192.168.77.100"),
        new LabStep.Wait(12_000), // Unconfirmed entries are probed and confirmed.
        new LabStep.Configure("n1", new AddNeighbour(
            "cni0", IPv4Address.Parse("10.244.1.3"), P1B, NeighbourState.Stale)),
    ];

    private static LabStep.Ask Ping(string from, string to) =>
        new(null, from, new ExchangeRequest { Kind = ExchangeKind.Ping, Host = to, Bytes = new FillerPayload(56) });
}
