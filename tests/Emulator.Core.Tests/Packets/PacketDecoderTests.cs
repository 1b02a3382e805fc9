using Emulator.Core.Packets;
using FsCheck;
using FsCheck.Fluent;

namespace Emulator.Core.Tests.Packets;

public sealed class PacketDecoderTests
{
    [Fact]
    public void Encodes_again_to_the_same_bytes() => Check(seed =>
    {
        byte[] bytes = Encode(new RandomFrames(seed).Next());

        Assert.True(PacketDecoder.TryDecode(bytes, RandomFrames.Identity, out EthernetFrame? decoded,
            out DecodeError error), $"{error}");
        Assert.Equal(bytes, Encode(decoded!));
    });

    [Fact]
    public void Gives_back_the_addresses_and_headers_that_were_encoded() => Check(seed =>
    {
        EthernetFrame frame = new RandomFrames(seed).Next();

        Assert.True(PacketDecoder.TryDecode(Encode(frame), RandomFrames.Identity, out EthernetFrame? decoded, out _));
        Assert.Equal((frame.Source, frame.Destination, frame.Length),
            (decoded!.Source, decoded.Destination, decoded.Length));
        AssertSame(frame.Payload, decoded.Payload);
    });

    [Fact]
    public void Takes_each_fragment_alone() => Check(seed =>
    {
        var random = new RandomFrames(seed);
        if (random.Next().Payload is not IPv4Packet { Payload.Length: > 8 } packet)
        {
            return;
        }

        IPv4Packet first = packet with { MoreFragments = true, Payload = new FragmentPayload(packet.Payload, 0, 8) };
        var bytes = new byte[first.Length];
        PacketEncoder.Encode(first, bytes);

        Assert.True(PacketDecoder.TryDecode(bytes, RandomFrames.Identity, out IPv4Packet? decoded, out _));
        Assert.Equal((true, 8, packet.Protocol), (decoded!.MoreFragments, decoded.Payload.Length, decoded.Protocol));
    });

    [Fact]
    public void Never_throws_at_random_bytes() => Check(seed =>
    {
        var random = new RandomFrames(seed);
        byte[] bytes = random.Bytes(120);
        bool taken = PacketDecoder.TryDecode(bytes, RandomFrames.Identity, out EthernetFrame? frame,
            out DecodeError error);

        Assert.Equal(taken, frame is not null);
        Assert.Equal(taken, error == DecodeError.None);
    });

    [Fact]
    public void Never_throws_at_a_frame_with_changed_or_missing_bytes() => Check(seed =>
    {
        var random = new RandomFrames(seed);
        byte[] bytes = Encode(random.Next());
        for (int changes = 1 + random.Below(4); changes > 0; changes--)
        {
            bytes[random.Below((uint)bytes.Length)] = (byte)random.Below(256);
        }

        bytes = bytes[..(1 + random.Below((uint)bytes.Length))];
        bool taken = PacketDecoder.TryDecode(bytes, RandomFrames.Identity, out EthernetFrame? frame,
            out DecodeError error);

        Assert.Equal(taken, frame is not null);
        Assert.Equal(taken, error == DecodeError.None);
    });

    /// <summary>A known good packet with one field spoilt: byte offsets as in RFC 791 section 3.1 after 14 of
    /// Ethernet.</summary>
    [Theory]
    [InlineData(12, 0x86, DecodeError.EtherTypeUnknown)]
    [InlineData(14, 0x65, DecodeError.IPVersion)]
    [InlineData(14, 0x46, DecodeError.IPHeaderLength)]
    [InlineData(22, 0x01, DecodeError.Checksum)]
    [InlineData(40, 0x01, DecodeError.Checksum)]
    [InlineData(38, 0x01, DecodeError.LengthMismatch)]
    public void Says_why_it_refuses(int offset, byte value, DecodeError expected)
    {
        byte[] bytes = Convert.FromHexString(
            "000000000002" + "000000000001" + "0800" + "4500001C000000004011" + "66CF" + "0A0000010A000002"
                + "000100020008EBD8");
        Assert.True(PacketDecoder.TryDecode(bytes, RandomFrames.Identity, out EthernetFrame? _, out _));

        bytes[offset] = value;

        Assert.False(PacketDecoder.TryDecode(bytes, RandomFrames.Identity, out EthernetFrame? frame,
            out DecodeError error));
        Assert.Null(frame);
        Assert.Equal(expected, error);
    }

    private static void AssertSame(NetworkPacket expected, NetworkPacket actual)
    {
        if (expected is not IPv4Packet packet)
        {
            Assert.Equal(expected, actual);
            return;
        }

        IPv4Packet decoded = Assert.IsType<IPv4Packet>(actual);
        Assert.Equal(packet with { Payload = Nothing }, decoded with { Payload = Nothing });
        switch (packet.Payload)
        {
            case UdpDatagram udp:
                UdpDatagram datagram = Assert.IsType<UdpDatagram>(decoded.Payload);
                Assert.Equal(udp with { Data = Payload.Empty }, datagram with { Data = Payload.Empty });
                Assert.Equal((udp.Data as VxlanPayload)?.Vni, (datagram.Data as VxlanPayload)?.Vni);
                break;
            case TcpSegment tcp:
                TcpSegment segment = Assert.IsType<TcpSegment>(decoded.Payload);
                Assert.Equal(tcp.Options.SackBlocks, segment.Options.SackBlocks);
                Assert.Equal(Bare(tcp), Bare(segment));
                break;
            case IcmpMessage icmp:
                IcmpMessage message = Assert.IsType<IcmpMessage>(decoded.Payload);
                Assert.Equal((icmp.Type, icmp.Code, icmp.Rest), (message.Type, message.Code, message.Rest));
                Assert.Equal((icmp.QuotedLength, icmp.Quoted?.Length), (message.QuotedLength, message.Quoted?.Length));
                break;
        }
    }

    private static readonly UdpDatagram Nothing = new(0, 0, Payload.Empty);

    private static TcpSegment Bare(TcpSegment segment) =>
        segment with { Data = Payload.Empty, Options = segment.Options with { SackBlocks = [] } };

    private static byte[] Encode(EthernetFrame frame)
    {
        var bytes = new byte[frame.Length];
        Array.Fill(bytes, (byte)0xAA); // The encoder must write every byte.
        Assert.Equal(bytes.Length, PacketEncoder.Encode(frame, bytes));
        return bytes;
    }

    private static void Check(Action<ulong> property) =>
        Prop.ForAll<ulong>(property).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
