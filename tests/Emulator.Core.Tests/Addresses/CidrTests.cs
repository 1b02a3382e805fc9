using Emulator.Core.Addresses;

namespace Emulator.Core.Tests.Addresses;

public sealed class CidrTests
{
    [Theory]
    [InlineData("10.244.0.0/16", "10.244.255.255", 65_536)]
    [InlineData("0.0.0.0/0", "255.255.255.255", 4_294_967_296)]
    [InlineData("10.244.1.2/32", "10.244.1.2", 1)]
    [InlineData("10.244.1.4/31", "10.244.1.5", 2)]
    public void Reads_a_block_and_knows_its_end(string text, string last, long count)
    {
        Cidr block = Cidr.Parse(text);

        Assert.Equal((text, last, count), (block.ToString(), block.Last.ToString(), block.Count));
    }

    [Theory]
    [InlineData("10.244.0.0")]
    [InlineData("10.244.0.0/")]
    [InlineData("10.244.0.0/33")]
    [InlineData("10.244.0.1/16")]
    [InlineData("10.244.0.0/+8")]
    [InlineData("10.244.0/16")]
    public void Refuses_what_is_no_block_or_has_host_bits(string text) => Assert.False(Cidr.TryParse(text, out _));

    [Theory]
    [InlineData("10.244.0.0/16", "10.244.0.0", true)]
    [InlineData("10.244.0.0/16", "10.244.255.255", true)]
    [InlineData("10.244.0.0/16", "10.245.0.0", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    public void Holds_the_addresses_between_its_ends(string block, string address, bool expected) =>
        Assert.Equal(expected, Cidr.Parse(block).Contains(IPv4Address.Parse(address)));

    [Theory]
    [InlineData("10.244.0.0/16", "10.244.3.0/24", true)]
    [InlineData("10.244.3.0/24", "10.244.0.0/16", true)]
    [InlineData("10.244.3.0/24", "10.244.4.0/24", false)]
    public void Overlaps_a_block_inside_or_around_it(string first, string second, bool expected) =>
        Assert.Equal(expected, Cidr.Parse(first).Overlaps(Cidr.Parse(second)));

    [Fact]
    public void Is_cut_into_subnets()
    {
        Cidr pods = Cidr.Parse("10.244.0.0/16");

        Assert.Equal("10.244.255.0/24", pods.Subnet(24, 255).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => pods.Subnet(24, 256));
        Assert.Throws<ArgumentOutOfRangeException>(() => pods.At(65_536));
    }
}
