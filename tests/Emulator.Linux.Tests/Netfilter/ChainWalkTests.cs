using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using static Emulator.Linux.Tests.Netfilter.NetfilterRig;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>Expected verdicts: iptables(8) and iptables-extensions(8), where not said otherwise.</summary>
public sealed class ChainWalkTests
{
    private static readonly IPv4Packet Syn = Tcp("10.244.1.2", 42000, "10.244.1.3", 8080, TcpFlags.Syn);

    [Fact]
    public void Costs_and_tracks_nothing_until_there_is_a_rule()
    {
        NetfilterRig rig = new();
        Assert.False(rig.Netfilter.IsActive);
        Assert.True(rig.Receive(Syn).Verdict.IsAccepted);
        Assert.Equal(0, rig.Netfilter.Conntrack.Count);
        Assert.Equal("", IptablesSave.Write(rig.Netfilter));

        Load(rig, "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 10.9.9.9/32 -j DROP\nCOMMIT\n");
        Assert.True(rig.Netfilter.IsActive);
        Assert.False(rig.Netfilter.Tracks);
        rig.Receive(Syn);
        Assert.Equal(0, rig.Netfilter.Conntrack.Count);

        rig.Put(TableName.Filter, "test", 0, new TableContent([], []));
        Assert.False(rig.Netfilter.IsActive);
    }

    [Theory]
    [InlineData("-A FORWARD -j A", "-A A -j B\n-A A -j DROP", "-A B -j RETURN", true)] // Back to A, which drops.
    [InlineData("-A FORWARD -j A", "-A A -g B\n-A A -j DROP", "-A B -j RETURN", false)] // Back to A's caller.
    [InlineData("-A FORWARD -j A", "-A A -j B\n-A A -j DROP", "-A B -j ACCEPT", false)] // ACCEPT ends the table.
    [InlineData("-A FORWARD -j A", "-A A -j B", "-A B -s 10.9.9.9", false)] // Falls back through both.
    [InlineData("-A FORWARD -j RETURN\n-A FORWARD -j DROP", "", "", false)] // RETURN in a built-in chain: the policy.
    [InlineData("-A FORWARD -g A\n-A FORWARD -j DROP", "-A A", "", false)] // As is the end of a chain gone to.
    public void Comes_back_from_chains_as_Linux_does(string forward, string a, string b, bool drops)
    {
        NetfilterRig rig = new();
        Load(rig, $"*filter\n:FORWARD ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n{forward}\n{a}\n{b}\nCOMMIT\n");
        Assert.Equal(drops, !rig.Receive(Syn).Verdict.IsAccepted);
    }

    [Fact]
    public void Applies_a_built_in_chains_policy_to_what_no_rule_decides()
    {
        NetfilterRig rig = new();
        Load(rig, "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -p udp -j ACCEPT\nCOMMIT\n");
        Assert.True(rig.Receive(Udp("10.244.1.2", 1, "10.244.1.3", 2)).Verdict.IsAccepted);
        NetfilterVerdict verdict = rig.Receive(Syn).Verdict;
        Assert.Equal((DropReason.NetfilterDrop, null), (verdict.Reason, verdict.Rule));
        Assert.StartsWith("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n", IptablesSave.Write(rig.Netfilter));
    }

    [Theory]
    [InlineData("-s 10.244.1.2/32", true)]
    [InlineData("! -s 10.244.1.0/24", false)]
    [InlineData("-d 10.244.1.2/32", false)]
    [InlineData("! -d 10.244.1.2/32", true)]
    [InlineData("-i cni0", true)]
    [InlineData("-i cni+ -o cni+", true)]
    [InlineData("! -i eth0", true)]
    [InlineData("! -o cni0", false)]
    [InlineData("-p tcp", true)]
    [InlineData("! -p tcp", false)]
    [InlineData("-p tcp -m tcp --dport 8080", true)]
    [InlineData("-p tcp -m tcp --dport 8000:8079", false)]
    [InlineData("-p tcp -m tcp ! --dport 8080", false)]
    [InlineData("-p tcp -m tcp --sport 42000 ! --dport 1:100", true)]
    [InlineData("-p udp -m udp --dport 8080", false)]
    [InlineData("-p icmp -m icmp --icmp-type 8", false)]
    [InlineData("-m mark --mark 0x1", false)]
    [InlineData("-m mark ! --mark 0x1/0x1", true)]
    [InlineData("-m mark --mark 0x0/0x0", true)]
    [InlineData("-m conntrack --ctstate NEW", true)]
    [InlineData("-m conntrack --ctstate RELATED,ESTABLISHED", false)]
    [InlineData("-m conntrack ! --ctstate ESTABLISHED,DNAT", true)]
    [InlineData("-m addrtype --dst-type LOCAL", false)]
    [InlineData("-m addrtype --src-type UNICAST --dst-type UNICAST", true)]
    [InlineData("-m addrtype ! --dst-type LOCAL", true)]
    [InlineData("-m statistic --mode random --probability 1", true)]
    [InlineData("-m statistic --mode random --probability 0", false)]
    [InlineData("-m comment --comment x", true)]
    public void Holds_a_match_as_its_manual_says(string match, bool holds)
    {
        NetfilterRig rig = new();
        Load(rig, $"*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD {match} -j DROP\nCOMMIT\n");
        Assert.Equal(holds, !rig.Receive(Syn).Verdict.IsAccepted);
    }

    [Theory]
    [InlineData("--set-xmark 0x4000/0x4000", 0x4101u)]
    [InlineData("--set-mark 0x2", 0x2u)]
    [InlineData("--and-mark 0xff", 0x1u)]
    [InlineData("--xor-mark 0x101", 0x0u)]
    public void Sets_the_mark(string option, uint mark)
    {
        NetfilterRig rig = new();
        Load(rig, $"*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j MARK --set-mark 0x101\n"
            + $"-A PREROUTING -m mark --mark 0x101 -j MARK {option}\nCOMMIT\n");
        Assert.Equal(mark, rig.Receive(Syn).Skb.Mark);
    }

    [Fact]
    public void Leaves_a_packet_untracked_that_the_raw_table_exempts()
    {
        NetfilterRig rig = new();
        Load(rig, "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j CT --notrack\nCOMMIT\n"
            + "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m conntrack --ctstate UNTRACKED -j REJECT\nCOMMIT\n");
        Assert.Equal(VerdictKind.Reject, rig.Receive(Syn).Verdict.Kind);
        Assert.True(rig.Receive(Udp("10.244.1.2", 1, "10.244.1.3", 2)).Verdict.IsAccepted);
        Assert.Single(rig.Entries());
    }

    [Fact]
    public void Puts_owners_one_after_another_and_replaces_one_at_a_time()
    {
        NetfilterRig rig = new();
        rig.Put(TableName.Filter, "b", 1, Content("second"));
        rig.Put(TableName.Filter, "a", 2, Content("third"));
        rig.Put(TableName.Filter, "c", 0, Content("first"));
        Assert.Equal("first second third", Comments(rig));
        rig.Put(TableName.Filter, "b", 1, Content("other"));
        Assert.Equal("first other third", Comments(rig));
        rig.Put(TableName.Filter, "c", 0, new TableContent([], []));
        Assert.Equal("other third", Comments(rig));

        static TableContent Content(string text) =>
            new([(Hook.Forward, new Rule([new CommentMatch(text)], new NoTarget()))], []);

        static string Comments(NetfilterRig rig) => string.Join(' ', IptablesSave.Write(rig.Netfilter).Split('\n')
            .Where(l => l.StartsWith("-A", StringComparison.Ordinal)).Select(l => l.Split(' ')[^1]));
    }

    [Fact]
    public void Refuses_what_a_table_cannot_hold()
    {
        NetfilterRig rig = new();
        Rule dnat = new([], new DnatTarget(Ip("10.0.0.1"), 80));
        Assert.Contains("has no chain FORWARD", Refused(TableName.Nat, Hook.Forward, new Rule([], new NoTarget())));
        Assert.Contains("reaches a DNAT", Refused(TableName.Nat, Hook.Postrouting, dnat));
        Assert.Contains("reaches a DNAT", Refused(
            TableName.Filter, Hook.Forward, new Rule([], new JumpTarget(new Chain("A", [dnat])))));
        Assert.Contains("reaches a MASQUERADE", Refused(
            TableName.Nat, Hook.Prerouting, new Rule([], new MasqueradeTarget())));
        Assert.Contains("reaches a REJECT", Refused(
            TableName.Mangle, Hook.Forward, new Rule([], new RejectTarget(RejectWith.TcpReset))));

        Chain chain = new("0", []);
        for (int i = 1; i <= 16; i++)
        {
            chain = new Chain($"{i}", [new Rule([], new JumpTarget(chain))]);
        }

        Rule deep = new([], new JumpTarget(chain));
        Assert.Contains("jumps 17 chains deep; at most 16", Refused(TableName.Filter, Hook.Forward, deep));

        string Refused(TableName table, Hook hook, Rule rule) => Assert.Throws<ArgumentException>(
            () => rig.Put(table, "test", 0, new TableContent([(hook, rule)], []))).Message;
    }

    [Fact]
    public void Meets_the_same_rules_in_an_indexed_run_as_rule_by_rule()
    {
        // The second chain has a rule without a key after every third: no run is long enough for an index.
        RandomStream dice = RandomStream.For(7, default, "rules");
        List<Rule> indexed = [];
        List<Rule> plain = [];
        Rule nothing = new([new CommentMatch("nothing"), new MarkMatch(1, 1)], new NoTarget());
        for (int i = 0; i < 400; i++)
        {
            List<Match> matches = i < 200
                ? [new DestinationMatch(Cidr.Host(new IPv4Address(Ip("10.96.0.0").Value + dice.NextBelow(8))))]
                : [];
            ushort port = (ushort)(80 + dice.NextBelow(i < 200 ? 3u : 8u));
            matches.AddRange([new ProtocolMatch(IPProtocol.Udp), new DestinationPortMatch(IPProtocol.Udp, port, port)]);
            matches.AddRange(dice.NextBelow(4) == 0 ? [new StatisticMatch(new Ratio(1, 2))] : []);
            matches.Add(new CommentMatch($"{i}"));
            Target target = dice.NextBelow(3) == 0
                ? new JumpTarget(new Chain($"C{i}", [new Rule([new CommentMatch($"in-{i}")], new ReturnTarget())]))
                : dice.NextBelow(8) == 0 ? new ReturnTarget() : new NoTarget();
            indexed.Add(new Rule(matches, target));
            plain.Add(new Rule(matches, target));
            plain.AddRange(i % 3 == 0 ? [nothing] : []);
        }

        int met = 0;
        for (int i = 0; i < 200; i++)
        {
            string destination = $"10.96.0.{dice.NextBelow(9)}";
            IPv4Packet packet = Udp("10.244.1.2", 1024 + i, destination, 80 + (int)dice.NextBelow(9));
            string[] expected = Met(plain, packet, (ulong)i);
            Assert.Equal(expected, Met(indexed, packet, (ulong)i));
            met += expected.Length;
        }

        Assert.InRange(met, 1_000, 10_000);
    }

    [Fact]
    public void Decides_alike_whether_or_not_details_are_wanted()
    {
        NetfilterRig quiet = NetfilterFacts.Node1();
        NetfilterRig detailed = NetfilterFacts.Node1();
        detailed.Outbox.Journal.Detail = true;
        for (int i = 0; i < 100; i++)
        {
            IPv4Packet packet = Udp("10.244.1.3", 20000 + i, "10.96.0.90", 53);
            Assert.Equal(Text(quiet.Receive(packet).Skb.Packet), Text(detailed.Receive(packet).Skb.Packet));
        }

        Assert.Equal(0, quiet.Outbox.Journal.Count);
    }

    [Fact]
    public void Writes_the_story_of_a_translation_when_details_are_wanted()
    {
        NetfilterRig rig = NetfilterFacts.Node1();
        rig.Outbox.Journal.Detail = true;
        rig.Receive(Udp("10.244.1.3", 41000, "10.96.0.60", 53));
        List<string> story = [];
        foreach (JournalEntry entry in rig.Outbox.Journal.Entries)
        {
            string subject = entry.Subject switch
            {
                Rule rule => rule.ChainName,
                ConntrackRow row => row.IsReplied ? "replied" : "unreplied",
                _ => "",
            };
            string figures = entry.Kind == JournalKind.Nat ? Endpoints(entry) : $"{entry.A}";
            story.Add($"{entry.Kind} {figures} {subject}".TrimEnd());
        }

        Assert.Equal(
            [
                "Hook 0", "Conntrack 2 unreplied", "Rule 0 PREROUTING", "Rule 0 KUBE-SERVICES", "Rule 0 KUBE-SVC-REMU",
                "Rule 0 KUBE-SEP-REMU-1", "Nat 10.244.1.3:41000 10.244.2.2:5353",
                "Hook 2", "Rule 2 FORWARD", "Rule 2 FORWARD", "Rule 2 FORWARD", "Rule 2 FORWARD", "Rule 2 FORWARD",
                "Rule 2 FLANNEL-FWD",
                "Hook 4", "Rule 4 POSTROUTING", "Rule 4 KUBE-POSTROUTING", "Rule 4 POSTROUTING",
                "Rule 4 FLANNEL-POSTRTG",
            ],
            story);

        static string Endpoints(JournalEntry entry) =>
            $"{new Endpoint(new IPv4Address((uint)(entry.A >> 16)), (ushort)entry.A)} "
            + $"{new Endpoint(new IPv4Address((uint)(entry.B >> 16)), (ushort)entry.B)}";
    }

    private static string[] Met(List<Rule> rules, IPv4Packet packet, ulong seed)
    {
        NetfilterRig rig = new(seed);
        rig.Outbox.Journal.Detail = true;
        rig.Put(TableName.Filter, "test", 0, new TableContent(
            [(Hook.Forward, new Rule([], new JumpTarget(new Chain("ALL", rules))))], []));
        rig.Receive(packet);
        List<string> met = [];
        foreach (JournalEntry entry in rig.Outbox.Journal.Entries)
        {
            if (entry.Subject is Rule { ChainName: not "FORWARD" } rule)
            {
                met.Add($"{entry.Kind} {rule.Matches.OfType<CommentMatch>().Single().Text}");
            }
        }

        return [.. met];
    }

    private static void Load(NetfilterRig rig, string text) => NetfilterFacts.Load(rig, text);
}
