using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Linux.IPv4;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Tests.IPv4;

/// <summary>Expected values: ip-route(8); text forms from <c>ip route</c> of iproute2 6.1 on the recorded
/// topology.</summary>
public sealed class FibTests
{
    private readonly Fib _fib = new();
    private readonly NetDevice _eth0 = Device("eth0", 2);
    private readonly NetDevice _cni0 = Device("cni0", 3);

    [Theory]
    [InlineData("10.244.2.7", "10.244.2.0/24")]
    [InlineData("10.244.9.9", "10.244.0.0/16")]
    [InlineData("8.8.8.8", "default")]
    public void Takes_the_longest_prefix(string destination, string expected)
    {
        Add("0.0.0.0/0", "192.168.77.100", _eth0);
        Add("10.244.0.0/16", "192.168.77.9", _eth0);
        Add("10.244.2.0/24", "192.168.77.12", _eth0);

        Route route = _fib.LookUp(Frames.IP(destination))!; // A default route is there.

        Assert.StartsWith(expected + " ", route.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_the_lowest_metric_among_equal_prefixes()
    {
        Add("10.0.0.0/8", "192.168.77.1", _eth0, metric: 20);
        Add("10.0.0.0/8", "192.168.77.2", _eth0, metric: 10);

        Assert.Equal(Frames.IP("192.168.77.2"), _fib.LookUp(Frames.IP("10.1.1.1"))!.Gateway); // Two routes match.
    }

    [Fact]
    public void Passes_over_routes_of_a_device_that_is_down()
    {
        Add("0.0.0.0/0", "192.168.77.100", _eth0);
        Add("10.244.1.0/24", null, _cni0);
        _cni0.IsUp = false;

        Assert.Same(_eth0, _fib.LookUp(Frames.IP("10.244.1.2"))!.Device); // The default route is left.
    }

    [Fact]
    public void Finds_nothing_without_a_route() => Assert.Null(_fib.LookUp(Frames.IP("10.1.1.1")));

    [Theory]
    [InlineData("10.244.1.1", RouteType.Local)]
    [InlineData("10.244.1.255", RouteType.Broadcast)]
    [InlineData("10.244.1.0", RouteType.Unicast)] // Since Linux 5.14; the oracle's echo_to_every_kind_of_address.
    [InlineData("10.244.1.2", RouteType.Unicast)]
    [InlineData("127.0.0.53", RouteType.Local)]
    public void Knows_its_own_and_broadcast_addresses(string address, RouteType expected)
    {
        _fib.AddAddress(_cni0, Frames.IP("10.244.1.1"), 24, Frames.IP("10.244.1.255"));

        Assert.Equal(expected, _fib.Classify(Frames.IP(address)));
    }

    /// <summary>fib_add_ifaddr; seen by <c>ip route show table local</c> of Linux 6.18.</summary>
    [Theory]
    [InlineData(24, "10.244.1.255", RouteType.Broadcast)]
    [InlineData(30, "10.244.1.3", RouteType.Broadcast)]
    [InlineData(31, "10.244.1.0", RouteType.Unicast)] // RFC 3021: both are hosts.
    [InlineData(32, "10.244.1.255", RouteType.Unicast)]
    public void A_subnets_last_address_is_its_broadcast_unless_it_has_but_two(
        int length, string address, RouteType expected)
    {
        _fib.AddAddress(_cni0, Frames.IP("10.244.1.1"), length, null);

        Assert.Equal(expected, _fib.Classify(Frames.IP(address)));
    }

    [Fact]
    public void Lists_routes_as_ip_route_does()
    {
        _fib.AddAddress(_cni0, Frames.IP("10.244.1.1"), 24, Frames.IP("10.244.1.255"));
        Add("0.0.0.0/0", "192.168.77.100", _eth0);
        _fib.Replace(new Route(
            Cidr.Parse("10.244.2.0/24"), RouteType.Unicast, Frames.IP("10.244.2.0"), Device("flannel.1", 4), null, 0,
            OnLink: true, IsConnected: false));
        _fib.Replace(new Route(Cidr.Parse("10.9.0.0/16"), RouteType.Blackhole, null, null, null, 0, false, false));

        Assert.Equal(
            [
                "default via 192.168.77.100 dev eth0",
                "blackhole 10.9.0.0/16",
                "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1",
                "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
            ],
            _fib.Routes.Select(r => r.Describe()));
    }

    [Fact]
    public void Asks_the_shared_peers_for_what_no_longer_prefix_has()
    {
        Peer[] peers = [Peer("10.244.1.0/24", 1), Peer("10.244.2.0/24", 2)];
        Add("0.0.0.0/0", "192.168.77.100", _eth0);
        NetDevice flannel = Device("flannel.1", 4);
        var view = new ReplacePeers(
            "flannel.1", 1, PeerEncapsulation.Vxlan, new PeerTable(peers), Cidr.Parse("10.244.1.0/24"));
        _fib.Peers = new PeerRoutes(view, flannel);

        Assert.Equal(
            "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
            _fib.LookUp(Frames.IP("10.244.2.9"))!.Describe()); // A peer is there.
        Assert.Same(_eth0, _fib.LookUp(Frames.IP("10.244.1.9"))!.Device); // The own entry is skipped.
    }

    private static Peer Peer(string cidr, int node) => new(
        Cidr.Parse(cidr), Frames.Mac(node), Frames.IP($"192.168.77.1{node}"));

    private static NetDevice Device(string name, int index) => new Loopbackish(index, name);

    private void Add(string prefix, string? gateway, NetDevice device, int metric = 0) => _fib.Replace(new Route(
        Cidr.Parse(prefix), RouteType.Unicast, gateway is null ? null : Frames.IP(gateway), device, null, metric,
        OnLink: false, IsConnected: false));

    private sealed class Loopbackish(int index, string name)
        : NetDevice(index, new InterfaceName("n1", "n1", name), Frames.Mac(index), 1500)
    {
        protected override Core.Actors.ActorRef Owner => Frames.Actor("n1");

        protected override void Send(
            Core.Packets.EthernetFrame frame, long offset, Core.Actors.Outbox outbox) =>
            throw new NotSupportedException("routes ask a device only for its name and state");
    }
}
