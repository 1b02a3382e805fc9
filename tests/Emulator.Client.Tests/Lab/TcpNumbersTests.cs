using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Engine.Telemetry;

namespace Emulator.Client.Tests.Lab;

/// <summary>What the oracle sees of TCP beyond the recordings. Expected: by hand.</summary>
public sealed class TcpNumbersTests
{
    [Theory]
    [InlineData(1_000u, 77u)]
    [InlineData(uint.MaxValue, 0x8000_0000u)] // The numbers pass zero, and the sign.
    public void Two_kernels_that_begin_elsewhere_show_the_same(uint client, uint server)
    {
        var numbers = new TcpNumbers(windowsCount: true);

        string[] seen =
        [
            .. new TcpSegment[]
            {
                Segment(client, 0, TcpFlags.Syn),
                Segment(server, client + 1, TcpFlags.Syn | TcpFlags.Ack),
                Segment(client + 1, server + 1, TcpFlags.Ack) with { Window = 63 },
                Segment(server + 1, client + 1, TcpFlags.Ack) with
                {
                    Options = new TcpOptions { SackBlocks = [new SackBlock(client + 11, client + 21)] },
                },
                Segment(0, client + 2, TcpFlags.Rst | TcpFlags.Ack),
            }.Select(s => numbers.Of(Packet(s))),
        ];

        Assert.Equal(
            [
                " seq=#1+0 win=9", " seq=#2+0 ack=#1+1 win=9", " seq=#1+1 ack=#2+1 win=63",
                " seq=#2+1 ack=#1+1 win=9 sack=#1+11..#1+21", " seq=none ack=#1+2 win=9",
            ],
            seen);
    }

    [Fact]
    public void An_acknowledgment_of_the_other_direction_is_told_apart()
    {
        var numbers = new TcpNumbers(windowsCount: true);
        numbers.Of(Packet(Segment(1_000, 0, TcpFlags.Syn)));
        numbers.Of(Packet(Segment(900_000_000, 1_001, TcpFlags.Syn | TcpFlags.Ack)));

        Assert.Equal(" seq=#1+1 ack=#1+1 win=9", numbers.Of(Packet(Segment(1_001, 1_001, TcpFlags.Ack))));
    }

    [Fact]
    public void A_connection_that_was_there_before_begins_where_it_is_first_seen()
    {
        var numbers = new TcpNumbers(windowsCount: false);

        Assert.Equal(" seq=#1+0 ack=#2+0", numbers.Of(Packet(Segment(5_000, 900_000_000, TcpFlags.Ack))));
        Assert.Equal(" seq=#1-2 ack=#2+7", numbers.Of(Packet(Segment(4_998, 900_000_007, TcpFlags.Ack))));
    }

    private static TcpSegment Segment(uint sequence, uint acknowledgment, TcpFlags flags) => new()
    {
        SourcePort = 40_000, DestinationPort = 80, SequenceNumber = sequence, AcknowledgmentNumber = acknowledgment,
        Flags = flags, Window = 9,
    };

    private static HopPacket Packet(TcpSegment segment) => HopPacket.From(new EthernetFrame(
        default, default, new IPv4Packet
        {
            Identity = default, Source = IPv4Address.From(10, 0, 0, 1), Destination = IPv4Address.From(10, 0, 0, 2),
            TimeToLive = 64, Payload = segment,
        }));
}
