using System.Buffers;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Core.Tests.Packets;

/// <summary>Expected bytes are written by hand from draft-ietf-opsawg-pcapng, figures 9 to 13.</summary>
public sealed class PcapngEncoderTests
{
    [Fact]
    public void Begins_a_section_with_the_byte_order_and_version()
    {
        var buffer = new ArrayBufferWriter<byte>();
        PcapngEncoder.WriteSection(buffer, "abc");

        Assert.Equal(
            "0A0D0D0A" + "28000000" + "4D3C2B1A" + "0100" + "0000" + "FFFFFFFFFFFFFFFF"
            + "04000300" + "61626300" + "00000000" + "28000000",
            Convert.ToHexString(buffer.WrittenSpan));
    }

    [Fact]
    public void Describes_an_Ethernet_interface_with_nanoseconds()
    {
        var buffer = new ArrayBufferWriter<byte>();
        PcapngEncoder.WriteInterface(buffer, "eth0", new InterfaceName("d/a", "n1", "eth0"));

        Assert.Equal(
            "01000000" + "40000000" + "0100" + "0000" + "00000000"
            + "02000400" + "65746830"
            + "03001100" + Convert.ToHexString("eth0 in d/a on n1"u8) + "000000"
            + "09000100" + "09000000" + "00000000" + "40000000",
            Convert.ToHexString(buffer.WrittenSpan));
    }

    [Theory]
    [InlineData(Direction.In, "01000000")]
    [InlineData(Direction.Out, "02000000")]
    public void Writes_a_padded_frame_with_time_and_direction(Direction direction, string flags)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var arp = new ArpPacket(
            ArpOperation.Reply, new MacAddress(1), new IPv4Address(2), new MacAddress(3), new IPv4Address(4))
        { Identity = default };
        var frame = new EthernetFrame(new MacAddress(5), new MacAddress(6), arp);
        PcapngEncoder.WriteFrame(buffer, 7, 0x0102_0304_0506_0708, direction, frame);
        var bytes = new byte[frame.Length];
        PacketEncoder.Encode(frame, bytes);

        Assert.Equal(
            "06000000" + "58000000" + "07000000" + "04030201" + "08070605" + "2A000000" + "2A000000"
            + Convert.ToHexString(bytes) + "0000" + "02000400" + flags + "00000000" + "58000000",
            Convert.ToHexString(buffer.WrittenSpan));
    }
}
