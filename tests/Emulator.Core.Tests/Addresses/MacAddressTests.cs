using Emulator.Core.Addresses;

namespace Emulator.Core.Tests.Addresses;

public sealed class MacAddressTests
{
    [Fact]
    public void Reads_and_writes_six_octets()
    {
        MacAddress mac = MacAddress.Parse("0A:58:0a:f4:01:02");

        Assert.Equal(0x0A58_0AF4_0102ul, mac.Value);
        Assert.Equal("0a:58:0a:f4:01:02", mac.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0a:58:0a:f4:01")]
    [InlineData("0a-58-0a-f4-01-02")]
    [InlineData("0a:58:0a:f4:01:0g")]
    [InlineData("0a:58:0a:f4:01: 2")]
    public void Refuses_anything_else(string? text) => Assert.False(MacAddress.TryParse(text, out _));

    /// <summary>IEEE 802: the lowest bit of the first octet is the group bit.</summary>
    [Theory]
    [InlineData("ff:ff:ff:ff:ff:ff", true)]
    [InlineData("01:00:5e:00:00:01", true)]
    [InlineData("02:00:00:00:00:01", false)]
    public void Knows_group_addresses(string text, bool expected) =>
        Assert.Equal(expected, MacAddress.Parse(text).IsGroup);
}
