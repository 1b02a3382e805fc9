using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using static Emulator.Linux.Tests.Netfilter.NetfilterRig;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>Expected chances: the product of the rules' own probabilities, computed by hand.</summary>
public sealed class BranchEnumeratorTests
{
    [Fact]
    public void Finds_each_endpoint_of_a_service_with_its_exact_chance()
    {
        // 0.33333333349 is 715,827,883 parts of 2^31; the second rule halves the rest, 1,431,655,765 parts.
        Assert.Equal(
            [
                "Translated 10.244.1.2:5353 715827883/2147483648",
                "Translated 10.244.1.3:5353 1431655765/4294967296",
                "Translated 10.244.2.2:5353 1431655765/4294967296",
            ],
            Branches(NetfilterFacts.Node1(), Hook.Prerouting, Udp("10.244.1.3", 44000, "10.96.0.90", 53)));
    }

    [Fact]
    public void Finds_where_the_nodes_own_packet_may_go()
    {
        Assert.Equal(
            ["Translated 10.244.1.2:8080 1/2", "Translated 10.244.2.2:8080 1/2"],
            Branches(NetfilterFacts.Node1(), Hook.Output, Tcp("192.168.77.11", 44000, "10.96.0.10", 80, TcpFlags.Syn)));
    }

    [Fact]
    public void Finds_rejects_drops_and_what_passes_untouched()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        Assert.Equal(
            ["Rejected 10.96.0.30:80 1/1 default/none has no endpoints"],
            Branches(rig, Hook.Prerouting, Tcp("10.244.1.2", 44000, "10.96.0.30", 80, TcpFlags.Syn)));
        Assert.Equal(
            ["Dropped 192.168.77.11:30082 1/1 default/xlocal has no local endpoints"],
            Branches(rig, Hook.Prerouting, Tcp("192.168.77.100", 44000, "192.168.77.11", 30082, TcpFlags.Syn)));
        Assert.Equal(
            ["Untranslated 10.96.0.60:81 1/1"],
            Branches(rig, Hook.Prerouting, Tcp("10.244.1.2", 44000, "10.96.0.60", 81, TcpFlags.Syn)));
    }

    [Fact]
    public void Changes_nothing_and_sees_a_clients_affinity()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        IPv4Packet packet = Tcp("10.244.1.3", 44000, "10.96.0.80", 80, TcpFlags.Syn);
        string[] before = Branches(rig, Hook.Prerouting, packet);
        Assert.Equal(["Translated 10.244.1.2:8080 1/2", "Translated 10.244.2.2:8080 1/2"], before);
        Assert.Equal(before, Branches(rig, Hook.Prerouting, packet));
        Assert.Equal(0, rig.Netfilter.Conntrack.Count);

        IPv4Address chosen = rig.Receive(packet).Skb.Packet.Destination;
        Assert.Equal([$"Translated {chosen}:8080 1/1"], Branches(rig, Hook.Prerouting, packet));
    }

    [Fact]
    public void Gives_each_of_ten_thousand_endpoints_one_ten_thousandth()
    {
        const int Endpoints = 10_000;
        List<Rule> rules = [];
        for (uint i = 0; i < Endpoints; i++)
        {
            IPv4Address endpoint = new(Ip("10.0.0.0").Value + i);
            Rule dnat = new([new ProtocolMatch(IPProtocol.Tcp)], new DnatTarget(endpoint, 8080));
            Chain one = new($"SEP-{i}", [dnat]);
            rules.Add(new Rule([new StatisticMatch(new Ratio(1, Endpoints - i))], new JumpTarget(one)));
        }

        NetfilterRig rig = new();
        rig.Put(TableName.Nat, "test", 0, new TableContent(
            [(Hook.Prerouting, new Rule([], new JumpTarget(new Chain("SVC", rules))))], []));
        SkBuff skb = new() { Packet = Tcp("10.244.1.2", 44000, "10.96.0.10", 80, TcpFlags.Syn) };
        IReadOnlyList<DnatBranch> branches = BranchEnumerator.Enumerate(rig.Netfilter, Hook.Prerouting, skb, rig.Now);
        Assert.Equal(Endpoints, branches.Count);
        Assert.All(branches, b => Assert.Equal(Fraction.Of(1, Endpoints), b.Probability));
    }

    private static string[] Branches(NetfilterRig rig, Hook hook, IPv4Packet packet)
    {
        SkBuff skb = new() { Packet = packet, In = hook == Hook.Output ? null : DeviceTo(packet.Source) };
        IReadOnlyList<DnatBranch> branches = BranchEnumerator.Enumerate(rig.Netfilter, hook, skb, rig.Now);
        return [.. branches.Select(b => $"{b.Kind} {b.Destination} {b.Probability}"
            + (b.Rule is null ? "" : $" {b.Rule.Matches.OfType<CommentMatch>().Single().Text}"))];
    }
}
