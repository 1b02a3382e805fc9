using Emulator.Core.Addresses;
using Emulator.Kubernetes.Dns;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Dns;

/// <summary>The DNS server and a client's resolver, with real packets between them.</summary>
public class CoreDnsTests
{
    private readonly PodRig _rig = new();

    public CoreDnsTests()
    {
        _rig.Put("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}""");
        _rig.Put("""
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
             "spec": {"clusterIP": "10.96.0.60", "ports": [{"port": 80}]}}
            """);
        _rig.AddAddress("10.96.0.10");
        _rig.AddAddress("10.96.0.60");
        _rig.Start("coredns", new CoreDns(_rig.Root, _rig.ApiServer, new DnsZoneOptions()));
        _rig.RunFor(1);
        _rig.Send(new SetResolver(
            ResolverConfiguration.ClusterFirst(IPv4Address.Parse("10.96.0.10"), "default", "cluster.local")));
    }

    [Theory]
    [InlineData("web", "10.96.0.60")]
    [InlineData("web.default", "10.96.0.60")]
    [InlineData("web.default.svc", "10.96.0.60")]
    [InlineData("web.default.svc.cluster.local", "10.96.0.60")]
    [InlineData("web.default.svc.cluster.local.", "10.96.0.60")]
    [InlineData("10-1-2-3.default.pod.cluster.local", "10.1.2.3")]
    public void Resolves_the_names_that_a_pod_uses(string name, string address)
    {
        ExchangeResult result = _rig.Ask(new ExchangeRequest { Kind = ExchangeKind.Dns, Host = name });
        Assert.Equal((ExchangeOutcome.Reply, IPv4Address.Parse(address)), (result.Outcome, result.Remote.Address));
    }

    [Theory]
    [InlineData("nobody", "nobody.: ServerFailure")]
    [InlineData("nobody.default.svc.cluster.local.", "nobody.default.svc.cluster.local.: NameError")]
    public void Tells_when_a_name_is_nobodys(string name, string problem)
    {
        ExchangeResult result = _rig.Ask(new ExchangeRequest { Kind = ExchangeKind.Http, Host = name, Port = 80 });
        Assert.Equal((ExchangeOutcome.NameNotResolved, problem), (result.Outcome, result.Problem));
    }

    [Fact]
    public void Hears_of_new_services()
    {
        var request = new ExchangeRequest { Kind = ExchangeKind.Dns, Host = "late.default" };
        Assert.Equal(ExchangeOutcome.NameNotResolved, _rig.Ask(request).Outcome);
        _rig.Put("""
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "late", "namespace": "default"},
             "spec": {"clusterIP": "10.96.0.70", "ports": [{"port": 80}]}}
            """);
        _rig.RunFor(1);
        Assert.Equal(IPv4Address.Parse("10.96.0.70"), _rig.Ask(request).Remote.Address);
    }

    [Fact]
    public void Is_part_of_the_exchange_that_asks()
    {
        _rig.Start("app", new EchoServer("default/web-0", [80], []));
        ExchangeResult result = _rig.Ask(new ExchangeRequest { Kind = ExchangeKind.Http, Host = "web", Port = 80 });
        Assert.Equal(200, result.Status);
        int served = _rig.Outbox.Journal.Entries.ToArray()
            .Count(e => e.Flow == result.Flow && ReferenceEquals(e.Subject, ServedExchange.Dns));
        Assert.Equal(2, served);
    }

    [Fact]
    public void Is_missed_at_once_where_it_does_not_run()
    {
        _rig.Send(new KillProcess("coredns"));
        ExchangeResult result = _rig.Ask(new ExchangeRequest { Kind = ExchangeKind.Dns, Host = "web." });
        Assert.Equal((ExchangeOutcome.NameNotResolved, "DNS server: ConnectionRefused"),
            (result.Outcome, result.Problem));
    }
}
