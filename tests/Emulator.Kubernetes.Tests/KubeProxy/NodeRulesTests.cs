using System.Runtime.CompilerServices;
using Emulator.Core.Addresses;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>
/// The tables of a whole node against those that a real kernel ran with (Facts/node-rules.txt). Rules are compared as
/// text, chain by chain and in order; only where kube-proxy's order of Services is a matter of chance are they sorted.
/// </summary>
public sealed class NodeRulesTests
{
    private static readonly Cidr Network = Cidr.Parse("10.244.0.0/16");

    /// <summary>Chains in which Services stand one after another.</summary>
    private static readonly string[] AnyOrder = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES"];

    /// <summary>Comments that kube-proxy writes and the file leaves out.</summary>
    private static readonly string[] Unwritten = ["masquerade LOCAL traffic", "route LOCAL traffic"];

    [Theory]
    [InlineData(TableName.Filter)]
    [InlineData(TableName.Nat)]
    public void A_node_has_the_rules_that_a_real_one_had(TableName table)
    {
        SortedDictionary<string, List<string>> expected = Expected(table);
        SortedDictionary<string, List<string>> seen = Seen(table);
        Assert.Equal(expected.Keys, seen.Keys);
        foreach ((string chain, List<string> rules) in expected)
        {
            Assert.Equal(rules, seen[chain]);
        }
    }

    [Fact]
    public void The_last_rule_of_kube_services_leads_to_the_node_ports() => Assert.IsType<AddressTypeMatch>(
        KubeProxyTables().Nat.Chains.Single(c => c.Name == "KUBE-SERVICES").Rules[^1].Matches[^1]);

    private static SortedDictionary<string, List<string>> Expected(TableName table, [CallerFilePath] string here = "")
    {
        string folder = Path.GetDirectoryName(here)!; // A source file is in a folder.
        string path = Path.Combine(folder, "Facts", "node-rules.txt");
        string prefix = table == TableName.Filter ? "filter " : "nat ";
        return Grouped(File.ReadLines(path).Where(l => l.StartsWith(prefix, StringComparison.Ordinal))
            .Select(l => RuleText.Parse(l[prefix.Length..], name => new Chain(name, []))));
    }

    private static SortedDictionary<string, List<string>> Seen(TableName table)
    {
        ServiceTables services = KubeProxyTables();
        TableContent[] owners = table == TableName.Filter
            ? [services.Filter, FlannelRules.Filter(Network)]
            : [services.Nat, FlannelRules.Nat(Network, Cidr.Parse("10.244.1.0/24"), randomFully: true)];
        return Grouped(owners.SelectMany(o => o.Builtin)
            .Select(b => Assert.Single(new Chain(b.Hook.ToString().ToUpperInvariant(), [b.Rule]).Rules))
            .Concat(owners.SelectMany(o => o.Chains).SelectMany(c => c.Rules)));
    }

    private static SortedDictionary<string, List<string>> Grouped(IEnumerable<Rule> rules)
    {
        var chains = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (Rule rule in rules)
        {
            if (!chains.TryGetValue(rule.ChainName, out List<string>? texts))
            {
                texts = [];
                chains.Add(rule.ChainName, texts);
            }

            texts.Add(RuleText.Write(WithoutNewerComments(rule)));
        }

        foreach (string chain in AnyOrder.Where(chains.ContainsKey))
        {
            chains[chain].Sort(StringComparer.Ordinal);
        }

        return chains;
    }

    private static Rule WithoutNewerComments(Rule rule)
    {
        bool affinity = rule.Matches.Any(m => m is RecentMatch { Set: false });
        var plain = new Rule(
            [.. rule.Matches.Where(m => m is not CommentMatch comment
                || !(affinity || Unwritten.Any(u => comment.Text.StartsWith(u, StringComparison.Ordinal))))],
            rule.Target);
        return Assert.Single(new Chain(rule.ChainName, [plain]).Rules);
    }

    private static ServiceTables KubeProxyTables()
    {
        var cache = new ServiceRuleCache(new KubeProxyOptions { ClusterCidr = Network });
        SharedSet<ApiObject> services = cache.Objects.Empty;
        SharedSet<ApiObject> slices = cache.Objects.Empty;
        const string web = "10.244.1.2 10.244.2.2";
        foreach ((string name, string protocol, string ip, int port, int node, string more, string endpoints) in
            (ReadOnlySpan<(string, string, string, int, int, string, string)>)
            [
                ("a", "TCP", "10.96.0.10", 80, 30080, "", web),
                ("adns", "UDP", "10.96.0.10", 53, 30053, "", web),
                ("none", "TCP", "10.96.0.30", 80, 30081, "", ""),
                ("noneu", "UDP", "10.96.0.30", 53, 30054, "", ""),
                ("xlocal", "TCP", "10.96.0.40", 80, 30082, ""","externalTrafficPolicy":"Local" """, "10.244.2.2"),
                ("hp", "TCP", "10.96.0.50", 80, 30085, "", "10.244.1.2"),
                ("hpu", "UDP", "10.96.0.50", 53, 30055, "", "10.244.1.2"),
                ("rem", "TCP", "10.96.0.60", 80, 30086, "", "10.244.2.2"),
                ("remu", "UDP", "10.96.0.60", 53, 30056, "", "10.244.2.2"),
                ("loc", "TCP", "10.96.0.70", 80, 30087, "", "10.244.1.3"),
                ("aff", "TCP", "10.96.0.80", 80, 0, ""","sessionAffinity":"ClientIP" """, web),
                ("three", "UDP", "10.96.0.90", 53, 0, "", "10.244.1.2 10.244.1.3 10.244.2.2"),
            ])
        {
            string nodePort = node == 0 ? "" : $""","nodePort":{node}""";
            string type = node == 0 ? "" : ""","type":"NodePort" """;
            services = services.With(name, Manifests.Service(
                name, ip, $$"""{"port":{{port}},"protocol":"{{protocol}}"{{nodePort}}}""", type + more));
            string target = $$"""{"name":"","port":{{(protocol == "TCP" ? 8080 : 5353)}},"protocol":"{{protocol}}"}""";
            slices = slices.With(name, Manifests.Slice(name, target,
                [.. endpoints.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(e => $"{e} node-{e[7]}")]));
        }

        return cache.Rules(services, slices).At(new ProxyNode("node-1", "", [IPv4Address.Parse("192.168.77.11")]));
    }
}
