using Emulator.Core.Packets;

namespace Emulator.Core.Tests.Packets;

public sealed class InternetChecksumTests
{
    /// <summary>RFC 1071 section 3: the bytes sum to ddf2 (ddf0 and two carries); the checksum is its
    /// complement.</summary>
    [Fact]
    public void Gives_the_example_of_its_RFC() =>
        Assert.Equal(0x220D, InternetChecksum.Of([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));

    /// <summary>RFC 1071 section 1: an odd last byte counts as the high half of a word whose low half is
    /// zero.</summary>
    [Fact]
    public void Pads_an_odd_last_byte_with_a_zero() =>
        Assert.Equal(InternetChecksum.Of([0x12, 0x34, 0x56, 0x00]), InternetChecksum.Of([0x12, 0x34, 0x56]));

    [Fact]
    public void Is_zero_over_bytes_that_hold_their_own_checksum() =>
        Assert.Equal(0, InternetChecksum.Of([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7, 0x22, 0x0D]));
}
