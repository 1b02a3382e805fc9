using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Underlay.Tests;

public class FrameDamageTests
{
    private static readonly MacAddress Here = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly MacAddress There = MacAddress.Parse("02:00:00:00:00:02");

    // Every bit of a plain frame, against the decoder: it must refuse what a checksum covers, and read the same changed
    // frame where none does.
    [Fact]
    public void Agrees_with_the_decoder_on_every_bit_of_a_frame()
    {
        foreach (EthernetFrame frame in (EthernetFrame[])
            [Frames.Udp(Here, There, 60), Tcp(), Frames.ArpRequest(Here, "10.0.0.1", "10.0.0.2")])
        {
            for (int bit = 0; bit < 8 * frame.Length; bit++)
            {
                byte[] bytes = new byte[frame.Length];
                PacketEncoder.Encode(frame, bytes);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                bool isSound = PacketDecoder.TryDecode(bytes, frame.Payload.Identity, out EthernetFrame? _, out _);
                EthernetFrame? flipped = FrameDamage.Flip(frame, bit, out DropReason reason);

                Assert.Equal(isSound, flipped is not null);
                Assert.Equal(isSound, reason == DropReason.None);
                if (flipped is not null)
                {
                    byte[] again = new byte[flipped.Length];
                    PacketEncoder.Encode(flipped, again);
                    Assert.Equal(bytes, again);
                }
            }
        }
    }

    [Theory]
    [InlineData(12, DropReason.NoProtocol)]
    [InlineData(14, DropReason.IPChecksum)]
    [InlineData(33, DropReason.IPChecksum)]
    [InlineData(34, DropReason.UdpChecksum)]
    [InlineData(59, DropReason.UdpChecksum)]
    public void Names_the_layer_that_finds_out(int at, DropReason expected)
    {
        Assert.Null(FrameDamage.Flip(Frames.Udp(Here, There, 60), (8 * at) + 3, out DropReason reason));
        Assert.Equal(expected, reason);
    }

    // Ports, VXLAN's identifier and what is inside are covered by nothing where the outer checksum is left out.
    [Fact]
    public void A_tunnel_without_checksum_carries_the_damage_inside()
    {
        EthernetFrame inner = Frames.Udp(Here, There, 60);
        EthernetFrame outer = new(Here, There, new IPv4Packet
        {
            Identity = inner.Payload.Identity,
            Source = IPv4Address.Parse("192.168.0.1"),
            Destination = IPv4Address.Parse("192.168.0.2"),
            Payload = new UdpDatagram(40_000, 8_472, new VxlanPayload(1, inner)) { NoChecksum = true },
        });

        Assert.Equal(40_001, Udp(FrameDamage.Flip(outer, 8 * 35, out _)!).SourcePort); // Not checked.
        Assert.Equal(3, Vxlan(FrameDamage.Flip(outer, (8 * 48) + 1, out _)!).Vni);
        Assert.Equal(
            There with { Value = There.Value ^ 1 }, Vxlan(FrameDamage.Flip(outer, 8 * 55, out _)!).Frame.Destination);
        Assert.Null(FrameDamage.Flip(outer, 8 * 70, out DropReason reason));
        Assert.Equal(DropReason.IPChecksum, reason);
    }

    private static UdpDatagram Udp(EthernetFrame frame) => (UdpDatagram)((IPv4Packet)frame.Payload).Payload;

    private static VxlanPayload Vxlan(EthernetFrame frame) => (VxlanPayload)Udp(frame).Data;

    private static EthernetFrame Tcp() => new(Here, There, new IPv4Packet
    {
        Identity = new PacketIdentity(1, 1, false),
        Source = IPv4Address.Parse("10.0.0.1"),
        Destination = IPv4Address.Parse("10.0.0.2"),
        Payload = new TcpSegment { SourcePort = 1, DestinationPort = 2, Data = Payload.FromText("data") },
    });
}
