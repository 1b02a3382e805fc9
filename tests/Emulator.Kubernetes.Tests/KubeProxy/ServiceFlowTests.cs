using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.KubeProxy;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>Where packets go by kube-proxy's rules. Cases and verdicts: kubernetes pkg/proxy/iptables/proxier_test.go
/// and pkg/proxy/nftables/proxier_test.go (Facts/).</summary>
public sealed class ServiceFlowTests
{
    private static readonly IPv4Address[] NodeAddresses = [IPv4Address.Parse("192.168.0.2")];
    private static readonly ProxyNode Node = new("test-hostname", "", NodeAddresses);

    public static TheoryData<string, int> SetUps()
    {
        var data = new TheoryData<string, int>();
        foreach (string file in new[] { "iptables-flows.json", "nftables-flows.json" })
        {
            for (int i = 0; i < FactsFile.Cases(file).Count; i++)
            {
                data.Add(file, i);
            }
        }

        return data;
    }

    [Fact]
    public void All_set_ups_of_the_facts_are_there()
    {
        Assert.Equal(16, FactsFile.Cases("iptables-flows.json").Count);
        Assert.Equal(3, FactsFile.Cases("nftables-flows.json").Count);
    }

    [Theory]
    [MemberData(nameof(SetUps))]
    public void Packets_go_where_kube_proxys_own_tests_expect_them(string file, int place)
    {
        JsonValue setUp = FactsFile.Cases(file)[place];
        List<JsonValue> services = [.. Get(setUp, "services").Items];
        List<JsonValue> slices = [.. Get(setUp, "endpointSlices").Items];
        var cache = new ServiceRuleCache(Options(Get(setUp, "proxy")));
        int flows = Check(cache, services, slices, Get(setUp, "flows"));
        Assert.NotEqual(0, flows);
        foreach (JsonValue then in setUp["then"]?.Items ?? [])
        {
            string[] words = Text(then, "action").Split(' ');
            List<JsonValue> among = words[1] == "service" ? services : slices;
            Assert.Equal("delete", words[0]);
            Assert.Equal(1, among.RemoveAll(o => NameOf(o) == words[2]));
            Check(cache, services, slices, Get(then, "flows"));
        }
    }

    private static int Check(
        ServiceRuleCache cache, IReadOnlyList<JsonValue> services, IReadOnlyList<JsonValue> slices, JsonValue flows)
    {
        ServiceTables tables = cache.Rules(
            Set(cache, ResourceTypes.Services, services), Set(cache, ResourceTypes.EndpointSlices, slices)).At(Node);
        var walk = new RuleWalk(tables, NodeAddresses);
        foreach (JsonValue flow in flows.Items)
        {
            Assert.Equal(Expected(flow), Seen(walk, flow));
        }

        return flows.Items.Count;
    }

    /// <summary>Name, verdict, masquerade, endpoints with their chances.</summary>
    private static string Expected(JsonValue flow)
    {
        IReadOnlyList<JsonValue> endpoints = Get(flow, "endpoints").Items;
        string list = string.Join(
            ' ', endpoints.Select(e => $"{e.AsString}@1/{endpoints.Count}").Order(StringComparer.Ordinal));
        return $"{Text(flow, "name")}: {Text(flow, "verdict")} {flow["masquerade"]?.AsBool ?? false} {list}";
    }

    private static string Seen(RuleWalk walk, JsonValue flow)
    {
        IReadOnlyList<Outcome> outcomes = walk.Run(new Probe(
            IPv4Address.Parse(Text(flow, "sourceIP")),
            IPv4Address.Parse(Text(flow, "destIP")),
            ServiceReader.Protocol(Text(flow, "protocol")),
            (ushort)Get(flow, "destPort").AsInt64!.Value)); // A port is a number.
        Outcome first = outcomes[0];
        Assert.All(outcomes, o => Assert.Equal((first.Verdict, first.Masqueraded), (o.Verdict, o.Masqueraded)));
        string list = string.Join(' ', outcomes.Where(o => o.Endpoint is not null)
            .Select(o => $"{o.Endpoint}@{Lowest(o.Chance)}").Order(StringComparer.Ordinal));
        return $"{Text(flow, "name")}: {first.Verdict} {first.Masqueraded} {list}";
    }

    private static string Lowest((long Numerator, long Denominator) chance)
    {
        long divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(chance.Numerator, chance.Denominator);
        return $"{chance.Numerator / divisor}/{chance.Denominator / divisor}";
    }

    private static SharedSet<ApiObject> Set(ServiceRuleCache cache, ResourceType type, IReadOnlyList<JsonValue> objects)
    {
        SharedSet<ApiObject> set = cache.Objects.Empty;
        foreach (JsonObject json in objects.Cast<JsonObject>())
        {
            var made = new ApiObject(type, json);
            set = set.With(made.Key.ToString(), made);
        }

        return set;
    }

    private static KubeProxyOptions Options(JsonValue proxy)
    {
        string detector = Text(proxy, "localDetector");
        IReadOnlyList<JsonValue> addresses = Get(proxy, "nodePortAddresses").Items;
        List<Cidr>? blocks = addresses.Count == 0 ? null : [];
        foreach (JsonValue address in addresses)
        {
            if (Cidr.TryParse(address.AsString, out Cidr block))
            {
                blocks!.Add(block); // Made above, since there are addresses.
            }
        }

        return new KubeProxyOptions
        {
            ClusterCidr = detector == "none" ? null : Cidr.Parse(detector.AsSpan("cidr:".Length)),
            MasqueradeAll = Get(proxy, "masqueradeAll").AsBool == true,
            NodePortAddresses = blocks,
            LocalhostNodePorts = proxy["localhostNodePorts"]?.AsBool ?? true,
        };
    }

    private static string NameOf(JsonValue item) =>
        $"{item.At("metadata", "namespace")?.AsString}/{item.At("metadata", "name")?.AsString}";

    private static JsonValue Get(JsonValue value, string name) =>
        value[name] ?? throw new KeyNotFoundException($"the fact has no '{name}': {value}");

    private static string Text(JsonValue value, string name) => Get(value, name).AsString ?? "";
}
