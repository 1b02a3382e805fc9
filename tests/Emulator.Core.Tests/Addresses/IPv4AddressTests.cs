using Emulator.Core.Addresses;

namespace Emulator.Core.Tests.Addresses;

public sealed class IPv4AddressTests
{
    [Theory]
    [InlineData("0.0.0.0", 0u)]
    [InlineData("10.244.1.2", 0x0AF4_0102u)]
    [InlineData("255.255.255.255", uint.MaxValue)]
    public void Reads_and_writes_dotted_decimal(string text, uint value)
    {
        Assert.True(IPv4Address.TryParse(text, out IPv4Address address));
        Assert.Equal(value, address.Value);
        Assert.Equal(text, address.ToString());
    }

    /// <summary>As inet_pton(3): four octets, none above 255, no leading zeros, nothing around them.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("10.244.1")]
    [InlineData("10.244.1.2.3")]
    [InlineData("10.244.1.256")]
    [InlineData("10.244.1.02")]
    [InlineData("10.244..2")]
    [InlineData(".10.244.1")]
    [InlineData("10.244.1.2.")]
    [InlineData(" 10.244.1.2")]
    [InlineData("10.244.1.-2")]
    public void Refuses_anything_else(string text)
    {
        Assert.False(IPv4Address.TryParse(text, out _));
        Assert.Throws<FormatException>(() => IPv4Address.Parse(text));
    }

    [Fact]
    public void Knows_loopback_and_multicast()
    {
        Assert.True(IPv4Address.From(127, 9, 9, 9).IsLoopback);
        Assert.False(IPv4Address.From(128, 0, 0, 1).IsLoopback);
        Assert.True(IPv4Address.From(239, 255, 0, 1).IsMulticast);
        Assert.False(IPv4Address.From(240, 0, 0, 1).IsMulticast);
    }

    [Fact]
    public void Sorts_by_value_from_the_first_octet() =>
        Assert.True(IPv4Address.From(9, 255, 255, 255).CompareTo(IPv4Address.From(10, 0, 0, 0)) < 0);
}
