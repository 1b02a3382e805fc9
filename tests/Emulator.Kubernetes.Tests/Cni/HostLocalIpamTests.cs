using Emulator.Core.Addresses;
using Emulator.Kubernetes.Cni;

namespace Emulator.Kubernetes.Tests.Cni;

/// <summary>Expected values: the CNI plugin host-local, whose allocation is round robin.</summary>
public sealed class HostLocalIpamTests
{
    private readonly HostLocalIpam _ipam = new(Cidr.Parse("10.244.1.0/29"));

    [Fact]
    public void Gives_the_addresses_after_the_gateway_one_after_another()
    {
        Assert.Equal("10.244.1.1", _ipam.Gateway.ToString());
        Assert.Equal(
            ["10.244.1.2", "10.244.1.3", "10.244.1.4", "10.244.1.5", "10.244.1.6"],
            Enumerable.Range(0, 5).Select(Next));
        Assert.False(_ipam.TryAllocate("more", null, out _, out string? problem));
        Assert.Equal("no IP addresses available in range set: 10.244.1.1-10.244.1.6", problem);
    }

    [Fact]
    public void An_address_rests_until_all_others_had_their_turn()
    {
        Next(0);
        Next(1);
        _ipam.Release("pod-0");
        Assert.Equal(["10.244.1.4", "10.244.1.5", "10.244.1.6", "10.244.1.2"], Enumerable.Range(2, 4).Select(Next));
    }

    [Fact]
    public void An_owner_gets_its_address_again()
    {
        Next(0);
        Assert.Equal("10.244.1.2", Next(0));
        Assert.Equal(1, _ipam.Count);
    }

    [Fact]
    public void A_wanted_address_is_given_if_it_is_free_and_does_not_move_the_turn()
    {
        Assert.True(_ipam.TryAllocate("a", IPv4Address.Parse("10.244.1.3"), out IPv4Address address, out _));
        Assert.Equal("10.244.1.3", address.ToString());
        Assert.False(_ipam.TryAllocate("b", address, out _, out string? problem));
        Assert.Equal("requested IP address 10.244.1.3 is not available in range set 10.244.1.1-10.244.1.6", problem);
        Assert.Equal(["10.244.1.2", "10.244.1.4"], Enumerable.Range(0, 2).Select(Next));
    }

    [Theory]
    [InlineData("10.244.1.0")]
    [InlineData("10.244.1.1")]
    [InlineData("10.244.1.7")]
    [InlineData("10.244.2.2")]
    public void Neither_the_gateway_nor_the_ends_of_the_block_nor_others_addresses_are_given(string wanted)
    {
        Assert.False(_ipam.TryAllocate("a", IPv4Address.Parse(wanted), out _, out string? problem));
        Assert.Equal($"requested IP address {wanted} is not in range set 10.244.1.1-10.244.1.6", problem);
        Assert.Equal(0, _ipam.Count);
    }

    private string Next(int pod)
    {
        Assert.True(_ipam.TryAllocate($"pod-{pod}", null, out IPv4Address address, out _));
        return address.ToString();
    }
}
