using Emulator.Client.Fuzzing.Networks;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Client.Fuzzing.Frames;

/// <summary>Makes frames of one source, one after the other: well-formed ones, pieces of larger ones, and bytes that
/// the parser must first take.</summary>
internal sealed class FrameMaker
{
    private readonly Dice _dice;
    private readonly PacketMaker _packets;
    private readonly ByteMutation _mutation;
    private readonly byte[] _buffer = new byte[ByteMutation.LengthMax];
    private readonly Queue<EthernetFrame> _pieces = new();
    private readonly long[] _refused = new long[Enum.GetValues<DecodeError>().Length];

    public FrameMaker(Dice dice, NetworkPlan plan)
    {
        _dice = dice;
        _packets = new PacketMaker(dice, plan);
        _mutation = new ByteMutation(dice);
    }

    /// <summary>How many byte strings the parser refused, by reason.</summary>
    public IReadOnlyList<long> Refused => _refused;

    /// <summary>The next frame for a device.</summary>
    public EthernetFrame Next(MacAddress device, PacketIdentity identity)
    {
        if (_pieces.TryDequeue(out EthernetFrame? piece))
        {
            return piece; // All pieces of a packet are that packet, as copies are.
        }

        while (true)
        {
            EthernetFrame frame = _packets.Frame(device, identity, PacketMaker.DepthMax);
            if (_dice.OneIn(12) && frame.Payload is IPv4Packet { Payload.Length: > 16 } packet)
            {
                Cut(frame, packet);
                return Next(device, identity);
            }

            if (_dice.OneIn(2) || frame.Length > ByteMutation.LengthMax - 128)
            {
                return frame;
            }

            if (TryThroughBytes(frame, identity, out EthernetFrame? parsed))
            {
                return parsed;
            }
        }
    }

    /// <summary>An answer to a frame that came, as the peer of whoever sent it: polite, odd, or damaged.</summary>
    public EthernetFrame? Answer(EthernetFrame frame, PacketIdentity identity)
    {
        IPv4Packet? packet = frame.Payload as IPv4Packet;
        TransportPayload? payload = packet?.Payload switch
        {
            _ when _dice.OneIn(12) && packet is not null => _packets.Transports.ErrorAbout(packet),
            TcpSegment tcp => Answer(tcp),
            UdpDatagram udp when _dice.OneIn(2) => udp with
            {
                SourcePort = udp.DestinationPort, DestinationPort = udp.SourcePort,
            },
            IcmpMessage { Type: IcmpType.EchoRequest } echo => echo with { Type = IcmpType.EchoReply },
            _ => null,
        };
        if (packet is null || payload is null)
        {
            return null;
        }

        IPv4Packet answer = packet with
        {
            Identity = identity, Source = packet.Destination, Destination = packet.Source, Payload = payload,
            TimeToLive = 64, DontFragment = _dice.OneIn(2), MoreFragments = false, FragmentOffset = 0,
        };
        var polite = new EthernetFrame(frame.Destination, frame.Source, answer);
        return _dice.OneIn(8) && polite.Length < ByteMutation.LengthMax - 128
            && TryThroughBytes(polite, identity, out EthernetFrame? odd) ? odd : polite;
    }

    // What a peer with the right numbers says next: so that connections open, carry data, lose some, and close.
    private TcpSegment Answer(TcpSegment tcp)
    {
        int length = tcp.Data.Length + (tcp.Flags.HasFlag(TcpFlags.Syn) ? 1 : 0)
            + (tcp.Flags.HasFlag(TcpFlags.Fin) ? 1 : 0);
        bool opens = tcp.Flags.HasFlag(TcpFlags.Syn) && !tcp.Flags.HasFlag(TcpFlags.Ack);
        int data = _dice.OneIn(3) ? _dice.Below(1_400) : 0;
        TcpFlags flags = opens ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Ack;
        flags |= _dice.OneIn(8) ? TcpFlags.Fin : _dice.OneIn(20) ? TcpFlags.Rst : TcpFlags.None;
        return new TcpSegment
        {
            SourcePort = tcp.DestinationPort,
            DestinationPort = tcp.SourcePort,
            SequenceNumber = tcp.AcknowledgmentNumber + (_dice.OneIn(6) ? (uint)_dice.Below(3_000) - 1_500 : 0),
            AcknowledgmentNumber = tcp.SequenceNumber
                + (uint)(_dice.OneIn(6) ? _dice.Below(length + 3) : length),
            Flags = flags,
            Window = _dice.Pick<ushort>([0, 100, 10_000, 65_535]),
            Options = _packets.Transports.Options(tcp.Options.Timestamps?.Value),
            Data = opens || data == 0 ? Payload.Empty : new FillerPayload(data),
        };
    }

    private bool TryThroughBytes(
        EthernetFrame frame, PacketIdentity identity,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EthernetFrame? parsed)
    {
        int length = PacketEncoder.Encode(frame, _buffer);
        if (!_dice.OneIn(4))
        {
            length = _mutation.Mutate(_buffer, length);
        }

        Span<byte> bytes = _buffer.AsSpan(0, length);
        if (!_dice.OneIn(6))
        {
            ChecksumRepair.RepairFrame(bytes);
        }

        bool taken = PacketDecoder.TryDecode(bytes, identity, out parsed, out DecodeError error);
        _refused[(int)error] += taken ? 0 : 1;
        return taken;
    }

    // Pieces of one packet: in order or not, some missing, some twice, some that overlap, all through bytes or none.
    private void Cut(EthernetFrame frame, IPv4Packet packet)
    {
        List<EthernetFrame> pieces = [];
        int room = 8 * Math.Min(_dice.Between(1, 80), (packet.Payload.Length - 1) / 8);
        for (int at = 0; at < packet.Payload.Length && pieces.Count < 24; at += room)
        {
            int overlap = at > 0 && _dice.OneIn(20) ? 8 : 0;
            int length = Math.Min(room + overlap, packet.Payload.Length - at + overlap);
            pieces.Add(frame with
            {
                Payload = packet with
                {
                    Payload = new FragmentPayload(packet.Payload, at - overlap, length),
                    FragmentOffset = (ushort)(at - overlap),
                    MoreFragments = at + room < packet.Payload.Length,
                },
            });
        }

        if (_dice.OneIn(3))
        {
            pieces.Reverse();
        }

        bool asBytes = _dice.OneIn(2);
        foreach (EthernetFrame piece in pieces)
        {
            EthernetFrame? sent = asBytes ? Parsed(piece) : piece;
            for (int copies = _dice.OneIn(15) ? 2 : _dice.OneIn(30) ? 0 : 1; copies > 0 && sent is not null; copies--)
            {
                _pieces.Enqueue(sent);
            }
        }
    }

    private EthernetFrame? Parsed(EthernetFrame piece)
    {
        int length = PacketEncoder.Encode(piece, _buffer);
        bool taken = PacketDecoder.TryDecode(
            _buffer.AsSpan(0, length), piece.Payload.Identity, out EthernetFrame? parsed, out DecodeError error);
        _refused[(int)error] += taken ? 0 : 1;
        return parsed;
    }
}
