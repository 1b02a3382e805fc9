using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Tests.Netlink;

/// <summary>Expected values: the routes, neighbours and FDB entries that flannel makes, one a peer.</summary>
public sealed class PeerTableTests
{
    private static readonly Peer One = PeerOf(1);
    private static readonly Peer Two = PeerOf(2);
    private static readonly Peer Nine = PeerOf(9);
    private static readonly PeerTable Table = new([Nine, Two, One]);

    [Theory]
    [InlineData("10.244.2.0", "10.244.2.0/24")]
    [InlineData("10.244.2.255", "10.244.2.0/24")]
    [InlineData("10.244.9.7", "10.244.9.0/24")]
    [InlineData("10.244.3.0", null)]
    [InlineData("10.244.0.255", null)]
    [InlineData("10.245.0.1", null)]
    public void The_route_is_that_of_the_block_which_holds_the_destination(string destination, string? block) =>
        Assert.Equal(block, Vxlan(One).Route(IPv4Address.Parse(destination))?.PodCidr.ToString());

    [Fact]
    public void A_node_has_no_entries_for_itself()
    {
        ReplacePeers own = Vxlan(Two);
        Assert.Null(own.Route(IPv4Address.Parse("10.244.2.7")));
        Assert.Null(own.Neighbour(Two.VtepAddress));
        Assert.Null(own.FdbEntry(Two.VtepMac));
        Assert.Same(One, own.Route(IPv4Address.Parse("10.244.1.7")));
    }

    [Fact]
    public void A_vteps_address_leads_to_its_mac_and_its_mac_to_its_node()
    {
        ReplacePeers own = Vxlan(One);
        Assert.Equal(Nine.VtepMac, own.Neighbour(own.Gateway(Nine))?.VtepMac);
        Assert.Equal(Nine.NodeAddress, own.FdbEntry(Nine.VtepMac)?.NodeAddress);
        Assert.Null(own.Neighbour(IPv4Address.Parse("10.244.9.1")));
        Assert.Null(own.FdbEntry(new MacAddress(0x02F1_0000_0003)));
    }

    [Fact]
    public void Without_encapsulation_the_gateway_is_the_node_and_nothing_else_is_known()
    {
        var own = new ReplacePeers("eth0", 0, PeerEncapsulation.None, Table, One.PodCidr);
        Assert.Equal(Two.NodeAddress, own.Gateway(own.Route(IPv4Address.Parse("10.244.2.3"))!)); // Its route exists.
        Assert.Null(own.Neighbour(Two.VtepAddress));
        Assert.Null(own.FdbEntry(Two.VtepMac));
    }

    [Fact]
    public void Overlapping_blocks_are_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => new PeerTable([One, One with { PodCidr = Cidr.Parse("10.244.1.128/25") }]));
        Assert.Contains("10.244.1.0/24 and 10.244.1.128/25", refused.Message, StringComparison.Ordinal);
    }

    private static ReplacePeers Vxlan(Peer own) => new("flannel.1", 1, PeerEncapsulation.Vxlan, Table, own.PodCidr);

    private static Peer PeerOf(byte number) => new(
        new Cidr(IPv4Address.From(10, 244, number, 0), 24),
        new MacAddress(0x02F1_0000_0000UL + number),
        IPv4Address.From(192, 168, 77, (byte)(10 + number)));
}
