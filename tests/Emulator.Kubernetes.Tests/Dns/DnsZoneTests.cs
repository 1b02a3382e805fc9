using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Packets.Dns;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Dns;

namespace Emulator.Kubernetes.Tests.Dns;

/// <summary>CoreDNS' own questions and answers, and the tables of the Kubernetes DNS specification.</summary>
public class DnsZoneTests
{
    private static readonly JsonValue Facts = FactsFile.Read("dns.json");

    public static TheoryData<int, string> Cases()
    {
        var data = new TheoryData<int, string>();
        IReadOnlyList<JsonValue> cases = Facts["cases"]!.Items;
        for (int i = 0; i < cases.Count; i++)
        {
            data.Add(i, $"{cases[i]["group"]!.AsString}: {cases[i]["name"]!.AsString} {cases[i]["type"]!.AsString}");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Answers_as_coredns_does(int index, string name)
    {
        JsonValue fact = Facts["cases"]!.Items[index];
        var options = new DnsZoneOptions
        {
            TimeToLiveSeconds = 5,
            Pods = Enum.Parse<PodRecords>(fact["pods"]!.AsString!),
            IgnoresEmptyServices = fact["ignoreEmpty"]!.AsBool!.Value,
            Hosts = [("ext.interwebs.test", IPv4Address.Parse("1.2.3.4"))],
        };
        DnsZone zone = Zone(options, fact["objects"]!.AsString!);
        var type = Enum.Parse<DnsType>(fact["type"]!.AsString!, ignoreCase: true);
        DnsMessage answer = zone.Answer(Query(fact["name"]!.AsString!, type));

        Assert.True(Code(fact["rcode"]!.AsString!) == answer.ResponseCode, name);
        if (fact["contents"] is JsonValue contents)
        {
            IEnumerable<string> found = answer.Answers.Select(
                r => r is DnsService service ? $"{service.Port} {service.Target}" : r.ContentText);
            Assert.Equal(Texts(contents), found.Order(StringComparer.Ordinal));
            return;
        }

        Assert.Equal(Texts(fact["answer"]!), Show(answer.Answers));
        Assert.Equal(Texts(fact["authority"]!), Show(answer.Authority));
        Assert.Equal(Texts(fact["additional"]!), Show(answer.Additional));
    }

    [Fact]
    public void Survives_the_wire_for_every_answer()
    {
        foreach (JsonValue fact in Facts["cases"]!.Items)
        {
            DnsZone zone = Zone(new DnsZoneOptions { Pods = PodRecords.Insecure }, fact["objects"]!.AsString!);
            var type = Enum.Parse<DnsType>(fact["type"]!.AsString!, ignoreCase: true);
            DnsMessage answer = zone.Answer(Query(fact["name"]!.AsString!, type));
            Assert.True(DnsParser.TryParse(DnsWriter.Write(answer).Span, out DnsMessage? read));
            Assert.Equal(Show(answer.Answers), Show(read.Answers));
            Assert.Equal(Show(answer.Additional), Show(read.Additional));
            Assert.Equal(answer.ResponseCode, read.ResponseCode);
        }
    }

    [Fact]
    public void Fails_for_names_outside_the_cluster_because_there_is_no_upstream()
    {
        DnsMessage answer = Zone(new DnsZoneOptions(), "main").Answer(Query("example.org.", DnsType.A));
        Assert.Equal((DnsResponseCode.ServerFailure, 0), (answer.ResponseCode, answer.Answers.Count));
    }

    [Fact]
    public void Forgets_what_is_removed()
    {
        DnsZone zone = Zone(new DnsZoneOptions(), "main");
        ApiObject service = Objects("main").First(o => o.Name == "svc1" && o.Type == ResourceTypes.Services);
        zone.Remove(service);
        Assert.Equal(DnsResponseCode.NameError,
            zone.Answer(Query("svc1.testns.svc.cluster.local.", DnsType.A)).ResponseCode);
        Assert.Equal("svcempty.testns.svc.cluster.local.",
            zone.Answer(Query("1.0.0.10.in-addr.arpa.", DnsType.Ptr)).Answers.Single().ContentText);
    }

    [Fact]
    public void Leaves_out_endpoints_that_are_not_ready()
    {
        DnsZone zone = Zone(new DnsZoneOptions(), "main");
        ApiObject slice = Objects("main").First(o => o.Name == "hdls1-slice1");
        JsonValue ready = JsonText.Parse("""{"addresses": ["172.0.0.9"], "conditions": {"ready": true}}""");
        JsonValue notReady = JsonText.Parse("""{"addresses": ["172.0.0.8"], "conditions": {"ready": false}}""");
        zone.Put(slice.With(["endpoints"], new JsonArray([notReady, ready])));
        Assert.Equal(
            ["hdls1.testns.svc.cluster.local. A 172.0.0.9"],
            Show(zone.Answer(Query("hdls1.testns.svc.cluster.local.", DnsType.A)).Answers));
    }

    private static DnsZone Zone(DnsZoneOptions options, string objects)
    {
        var zone = new DnsZone(options);
        foreach (ApiObject @object in Objects(objects))
        {
            zone.Put(@object);
        }

        return zone;
    }

    private static IEnumerable<ApiObject> Objects(string name) =>
        Facts.At("objects", name)!.Items.Select(j => ApiObject.From((JsonObject)j));

    private static DnsMessage Query(string name, DnsType type) =>
        new() { Id = 1, Questions = [new DnsQuestion(name, type)] };

    private static IEnumerable<string> Texts(JsonValue list) => list.Items.Select(t => t.AsString!);

    private static IEnumerable<string> Show(IReadOnlyList<DnsRecord> records) => records
        .Select(r => $"{r.Name} {r.Type.ToString().ToUpperInvariant()} "
            + (r is DnsStartOfAuthority soa ? $"{soa.Server} {soa.Mailbox}" : r.ContentText))
        .Order(StringComparer.Ordinal);

    private static DnsResponseCode Code(string text) => text switch
    {
        "NOERROR" => DnsResponseCode.NoError,
        "NXDOMAIN" => DnsResponseCode.NameError,
        _ => throw new ArgumentException(text),
    };
}
