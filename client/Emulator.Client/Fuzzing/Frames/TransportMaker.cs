using Emulator.Client.Fuzzing.Networks;
using Emulator.Core.Packets;

namespace Emulator.Client.Fuzzing.Frames;

/// <summary>Draws what IPv4 packets carry: UDP, TCP with odd flags and options, ICMP with quoted headers.</summary>
internal sealed class TransportMaker(Dice dice, PacketMaker packets)
{
    private static readonly ushort[] ServerPorts = [53, 80, 443, 8_080, 7, 9, 33_434];
    private static readonly int[] Sizes = [0, 0, 1, 8, 64, 64, 64, 512, 548, 1_400, 1_472, 2_000];
    private static readonly int[] LongSizes = [4_000, 9_000, 40_000];
    private static readonly IcmpType[] Errors =
        [IcmpType.DestinationUnreachable, IcmpType.Redirect, IcmpType.TimeExceeded, IcmpType.ParameterProblem];

    private static readonly byte[] HttpRequest =
        "GET / HTTP/1.1\r\nHost: web\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private static readonly byte[] DnsQuestion =
        [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "web"u8, 7, .. "default"u8, 0, 0, 1, 0, 1];

    /// <summary>The least and most common flags, and some that no stack sends.</summary>
    private static readonly TcpFlags[] Flags =
    [
        TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh,
        TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Ack,
        TcpFlags.None, TcpFlags.Syn | TcpFlags.Fin, TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Urg,
        TcpFlags.Syn | TcpFlags.Rst,
    ];

    /// <summary>A payload; a tunnelled frame only above the depth's end.</summary>
    public TransportPayload Make(PacketIdentity identity, int depth)
    {
        switch (dice.Weighted(5, 5, 3, 3, depth > 0 ? 2 : 0))
        {
            case 0:
                return new UdpDatagram(ClientPort(), ServerPort(), Data()) { NoChecksum = dice.OneIn(4) };
            case 1:
                return Tcp();
            case 2:
                return Echo();
            case 3:
                return Error(identity, depth);
            default:
                return Tunnelled(identity, depth);
        }
    }

    /// <summary>TCP options, most of them sensible; they fit a header.</summary>
    /// <param name="echo">The timestamp to echo; null for any or none.</param>
    public TcpOptions Options(uint? echo = null)
    {
        if (echo is null && dice.OneIn(2))
        {
            return TcpOptions.None;
        }

        bool hasTimestamps = echo is not null || dice.OneIn(2);
        int blocks = dice.OneIn(5) ? dice.Between(1, hasTimestamps ? 2 : 3) : 0;
        return new TcpOptions
        {
            MaximumSegmentSize = blocks < 2 && dice.OneIn(2) ? dice.Pick<ushort>([0, 1, 88, 536, 1_460, 65_535]) : null,
            WindowScale = blocks < 2 && dice.OneIn(2) ? (byte)dice.Below(dice.OneIn(8) ? 256 : 15) : null,
            SackPermitted = dice.OneIn(2),
            Timestamps = hasTimestamps ? (dice.Word(), echo ?? dice.Word()) : null,
            SackBlocks = blocks == 0 ? [] : [.. Enumerable.Range(0, blocks).Select(
                _ => new SackBlock(dice.Word(), dice.Word()))],
        };
    }

    /// <summary>An error about a packet, quoted whole or cut short.</summary>
    public IcmpMessage ErrorAbout(IPv4Packet quoted)
    {
        int least = Math.Min(quoted.Length, IPv4Packet.HeaderLength + (dice.OneIn(4) ? dice.Below(9) : 8));
        return new IcmpMessage
        {
            Type = dice.Pick(Errors),
            Code = dice.OneIn(2) ? dice.Pick<byte>([0, 1, 3, 4, 13]) : dice.Byte(),
            Rest = dice.Pick<uint>([0, 68, 576, 1_000, 1_400, 65_535, 0xFFFF_FFFF]),
            Quoted = quoted,
            QuotedLength = dice.OneIn(3) ? Math.Min(quoted.Length, 548) : least,
        };
    }

    private TcpSegment Tcp() => new()
    {
        SourcePort = ClientPort(),
        DestinationPort = ServerPort(),
        SequenceNumber = dice.OneIn(2) ? (uint)dice.Below(4) : dice.Word(),
        AcknowledgmentNumber = dice.OneIn(2) ? (uint)dice.Below(4) : dice.Word(),
        Flags = dice.OneIn(10) ? (TcpFlags)dice.Byte() : dice.Pick(Flags),
        Window = dice.Pick<ushort>([0, 1, 512, 29_200, 65_535]),
        Options = Options(),
        Data = dice.OneIn(2) ? Payload.Empty : Data(),
    };

    private IcmpMessage Echo() => new()
    {
        Type = dice.OneIn(4) ? IcmpType.EchoReply : IcmpType.EchoRequest,
        Code = dice.OneIn(20) ? dice.Byte() : (byte)0,
        Rest = dice.OneIn(2) ? (uint)dice.Below(8) : dice.Word(),
        Data = Data(),
    };

    private TransportPayload Error(PacketIdentity identity, int depth)
    {
        IPv4Packet quoted = packets.Packet(identity, depth - 1);
        bool isError = quoted.Payload is IcmpMessage { IsError: true };
        return isError && !dice.OneIn(4) ? Echo() : ErrorAbout(quoted);
    }

    private UdpDatagram Tunnelled(PacketIdentity identity, int depth)
    {
        int vni = dice.OneIn(8) ? (int)(dice.Word() >> 8) : 1;
        ushort port = dice.OneIn(3) ? (ushort)4_789 : (ushort)8_472;
        EthernetFrame inner = packets.Frame(packets.AnyMac(), identity, depth - 1);
        return new UdpDatagram(ClientPort(), port, new VxlanPayload(vni, inner))
        {
            NoChecksum = !dice.OneIn(4),
        };
    }

    // Few ports, so that frames meet each other's connections; never the one that answers (see SetupMaker).
    private ushort ClientPort() => (ushort)(dice.OneIn(10) ? dice.Between(1_024, 65_535) : 40_000 + dice.Below(20));

    private ushort ServerPort() => dice.OneIn(10) ? (ushort)dice.Between(1, 4_000) : dice.Pick(ServerPorts);

    private Payload Data()
    {
        switch (dice.Weighted(5, 2, 2, 3))
        {
            case 0:
                return new FillerPayload(dice.OneIn(60) ? dice.Pick(LongSizes) : dice.Pick(Sizes));
            case 1:
                return new BytesPayload(HttpRequest);
            case 2:
                return new BytesPayload(DnsQuestion);
            default:
                byte[] bytes = new byte[dice.Below(80)];
                dice.Fill(bytes);
                return new BytesPayload(bytes);
        }
    }
}
