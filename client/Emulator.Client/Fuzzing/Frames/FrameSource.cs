using Emulator.Client.Fuzzing.Networks;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Underlay;

namespace Emulator.Client.Fuzzing.Frames;

/// <summary>Puts random frames into the network: at the doors of the node that it lives on, or, as a machine of its
/// own, onto its wire. What comes to it ends here, and is sometimes answered.</summary>
/// <remarks>In: its own timer; frames. Out: frames.</remarks>
internal sealed class FrameSource : Actor
{
    private const int Timer = 1;

    private readonly FrameMaker _maker;
    private readonly Dice _dice;
    private readonly ZonePlan? _zone;
    private readonly InterfaceName _name;
    private readonly int[] _weights;
    private readonly IReadOnlyList<Door> _doors;
    private readonly Wire? _wire;
    private readonly long _pace;
    private readonly int _frames;
    private int _sent;

    /// <summary>A source.</summary>
    /// <param name="self">Its address.</param>
    /// <param name="plan">The network.</param>
    /// <param name="doors">Where it puts frames in.</param>
    /// <param name="wire">Its own wire; null on a node.</param>
    /// <param name="zone">In whose raw addresses it speaks; null on a node.</param>
    /// <param name="seed">The case's seed.</param>
    /// <param name="frames">How many frames it sends of its own accord.</param>
    public FrameSource(
        ActorRef self, NetworkPlan plan, IReadOnlyList<Door> doors, Wire? wire, ZonePlan? zone, ulong seed, int frames)
        : base(self)
    {
        _dice = new Dice(seed, $"source {self.Name}");
        _maker = new FrameMaker(_dice, plan);
        _doors = doors;
        _weights = [.. doors.Select(d => d.Weight)];
        _wire = wire;
        _zone = zone;
        _frames = frames;
        _pace = _dice.Between(1_000, 40_000);
        _name = new InterfaceName(self.Machine.Name, self.Machine.Name, "raw0");
    }

    /// <summary>Frames put into the network, answers included.</summary>
    public long Injected { get; private set; }

    /// <summary>Byte strings that the parser refused, by reason.</summary>
    public IReadOnlyList<long> Refused => _maker.Refused;

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox) =>
        outbox.Send(Self, new TimerMessage(Timer, 0), (ChangeMaker.FirstAt * 1_000_000L) + _dice.Below(100_000));

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        switch (message)
        {
            case TimerMessage:
                Send(outbox);
                break;
            case EthernetFrame frame:
                Take(frame, outbox);
                break;
            default:
                break; // Namespaces that were created, veth ends that nobody here needs.
        }
    }

    // A few at once now and then: queues fill up, and what is at one instant has an order too.
    private void Send(Outbox outbox)
    {
        for (int burst = _dice.OneIn(10) ? _dice.Between(2, 12) : 1; burst > 0 && _sent < _frames; burst--)
        {
            Door door = _doors[_dice.Weighted(_weights)];
            Put(_maker.Next(door.Mac, new PacketIdentity(NextPacketId(), 0, false)), door, outbox);
            _sent++;
        }

        if (_sent < _frames)
        {
            outbox.Send(Self, new TimerMessage(Timer, 0), 1 + _dice.Below((int)(2 * _pace)));
        }
    }

    private void Put(EthernetFrame frame, Door door, Outbox outbox)
    {
        outbox.Originated(Self, frame.Payload);
        Injected++;
        if (door.To is { } to)
        {
            outbox.Send(to, frame, 0, door.Port);
        }
        else
        {
            _wire!.Transmit(frame, 0, _name, outbox); // A door without a receiver is the wire's.
        }
    }

    private void Take(EthernetFrame frame, Outbox outbox)
    {
        outbox.Delivered(Self, frame.Payload);
        if (_zone is null || Injected > 2L * _frames)
        {
            return;
        }

        var identity = new PacketIdentity(NextPacketId(), 0, true);
        EthernetFrame? answer = frame.Payload switch
        {
            ArpPacket { Operation: ArpOperation.Request } arp when _zone.IsRaw(arp.TargetAddress) && !_dice.OneIn(5) =>
                new EthernetFrame(_zone.RawMac, arp.SenderMac, new ArpPacket(
                    ArpOperation.Reply, _zone.RawMac, arp.TargetAddress, arp.SenderMac, arp.SenderAddress)
                {
                    Identity = identity,
                }),
            IPv4Packet packet when _zone.IsRaw(packet.Destination) && !_dice.OneIn(4) => _maker.Answer(frame, identity),
            _ => null,
        };
        if (answer is not null)
        {
            Put(answer, _doors[0], outbox);
        }
    }
}
