using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Linux.Netfilter;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>Expected texts: what iptables 1.8.9 (nf_tables) saved after it was given the same text.</summary>
public sealed class RuleTextTests
{
    private static readonly Chain U = new("U", []);

    public static TheoryData<string, string> Forms()
    {
        TheoryData<string, string> forms = [];
        string text = NetfilterFacts.Read("rule-forms.txt");
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split('|');
            forms.Add(parts[1], parts[2]);
        }

        return forms;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Saves_a_rule_as_the_tool_does(string given, string saved)
    {
        // NOTRACK is the older spelling of the same target.
        string expected = saved.Replace("-j NOTRACK", "-j CT --notrack", StringComparison.Ordinal);
        Assert.Equal(expected, RuleText.Write(Read(given)));
        Assert.Equal(expected, RuleText.Write(Read(expected)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Saves_a_nodes_tables_as_the_tool_does(int node)
    {
        NetfilterRig rig = new();
        NetfilterFacts.Load(rig, NetfilterFacts.Read($"node{node}.iptables-restore.txt"));
        Assert.Equal(NetfilterFacts.Read($"node{node}.iptables-save.txt"), IptablesSave.Write(rig.Netfilter));
    }

    [Fact]
    public void Splits_an_address_type_match_that_negates_one_side()
    {
        Assert.Equal(
            "-A T -m addrtype ! --src-type LOCAL -m addrtype --dst-type UNICAST -j ACCEPT",
            RuleText.Write(Read("-A T -m addrtype ! --src-type LOCAL --dst-type UNICAST -j ACCEPT")));
    }

    [Theory]
    [InlineData("-A T -m addrtype --src-type LOCAL -m addrtype --dst-type UNICAST -j ACCEPT")]
    [InlineData("-A T -m addrtype ! --src-type LOCAL -m addrtype ! --dst-type UNICAST -j ACCEPT")]
    public void Keeps_two_address_type_matches_apart(string rule) => Assert.Equal(rule, RuleText.Write(Read(rule)));

    [Fact]
    public void Writes_the_header_first_and_one_extension_for_both_ports()
    {
        Rule rule = new(
            [
                new CommentMatch("a b"),
                new DestinationPortMatch(IPProtocol.Tcp, 80, 80),
                new StatisticMatch(new Ratio(1, 3)),
                new SourcePortMatch(IPProtocol.Tcp, 1024, 65535, Negated: true),
                new ProtocolMatch(IPProtocol.Tcp),
                new DestinationMatch(Cidr.Parse("10.96.0.10/32")),
            ],
            new JumpTarget(U));
        Assert.Equal(
            "-A T -d 10.96.0.10/32 -p tcp -m comment --comment \"a b\" -m tcp ! --sport 1024:65535 --dport 80 "
            + "-m statistic --mode random --probability 0.33333333349 -j U",
            new Chain("T", [rule]).Rules[0].Describe());
    }

    [Theory]
    [InlineData("-A T -m state --state NEW", "write -m conntrack --ctstate")]
    [InlineData("-A T -m limit --limit 1/s", "-m limit is not known")]
    [InlineData("-A T -m mark --foo 1", "the option --foo is not known after -m mark")]
    [InlineData("-A T --dport 80", "a port needs -p tcp, udp or sctp before it")]
    [InlineData("-A T -p tcp --dport 80000", "80000 is not a port")]
    [InlineData("-A T -j NOWHERE", "there is no chain or target NOWHERE")]
    [InlineData("-A T -j ACCEPT -j DROP", "a rule has only one target")]
    [InlineData("-A T -s 10.0.0.1/8", "10.0.0.1/8 is not an address or a block")]
    [InlineData("-A T -j REJECT --reject-with no", "the answer no is not known")]
    [InlineData("-A T ! -j ACCEPT", "'!' cannot stand before -j")]
    [InlineData("-A T -m comment --comment \"open", "a quote is not closed")]
    [InlineData("-A T -m recent --reap --rcheck", "--reap needs --seconds")]
    public void Refuses_by_name_what_it_does_not_know(string given, string why)
    {
        FormatException wrong = Assert.Throws<FormatException>(() => Read(given));
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(given, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_chains_that_jump_in_a_circle()
    {
        FormatException wrong = Assert.Throws<FormatException>(() => IptablesRestore.Parse(
            "*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j A\nCOMMIT\n"));
        Assert.Contains("chains jump in a circle: A -> B -> A", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_rule_of_an_undeclared_chain()
    {
        FormatException wrong = Assert.Throws<FormatException>(
            () => IptablesRestore.Parse("*nat\n-A X -j ACCEPT\nCOMMIT"));
        Assert.Contains("line 2", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("the chain X is not declared", wrong.Message, StringComparison.Ordinal);
    }

    private static Rule Read(string line) => RuleText.Parse(line, name => name == "U" ? U : null);
}
