using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.NetDevices;

/// <summary>A Linux bridge: ports, a learning FDB, flooding. Its netfilter hooks, routes and neighbours are its
/// node's.</summary>
/// <remarks>
/// In: frames from pods (at their port) and from the node's own <see cref="Bridge"/> device (at port 0);
/// <see cref="BridgeVerdict"/> from the node. Out: frames to pods, <see cref="BridgeHook"/> and local frames to the
/// node.
/// Source: net/bridge/br_input.c, br_forward.c, br_netfilter_hooks.c. Not modelled: STP, VLANs, IGMP snooping.
/// </remarks>
public sealed class BridgeActor(
    ActorRef self, ActorRef host, string deviceName, int deviceIndex, MacAddress mac, long hopNanoseconds) : Actor(self)
{
    /// <summary>The port number of the bridge's own device.</summary>
    public const int LocalPort = 0;

    private readonly BridgeFdb _fdb = new();
    private SetBridgePort?[] _ports = new SetBridgePort?[8];
    private int _lastPort;
    private bool _callsIptables = true;
    private Dictionary<int, EgressQdisc>? _qdiscs;

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        switch (message)
        {
            case EthernetFrame frame when port == LocalPort:
                Forward(frame, LocalPort, default, outbox);
                break;
            case EthernetFrame frame:
                ReceiveFrame(frame, port, outbox);
                break;
            case BridgeVerdict { Stage: BridgeStage.Prerouting } verdict:
                Forward(verdict.Frame, verdict.InPort, verdict.Mark, outbox, verdict);
                break;
            case BridgeVerdict verdict:
                Transmit(verdict.Frame, verdict.OutPort, hopNanoseconds, outbox);
                break;
            case SetBridgePort set:
                SetPort(set);
                break;
            case SetPortCarrier set when PortAt(set.Number) is { } changed:
                _ports[set.Number] = changed with { HasCarrier = set.HasCarrier };
                SetPort(_ports[set.Number]!); // Just set.
                outbox.Send(host, new SetCarrier(set.Index, set.HasCarrier));
                break;
            case SetPortCarrier:
                break; // The port went before.
            case QdiscDeparture departure:
                Release(departure.Frame, port, outbox);
                break;
            case SetPortQdisc set:
                ReplaceQdisc(set);
                break;
            case RemoveBridgePort remove:
                _ports[remove.Number] = null;
                _qdiscs?.Remove(remove.Number);
                _fdb.Forget(remove.Number);
                break;
            case Netlink.FlushBridgeFdb:
                _fdb.Clear();
                break;
            case SetBridgeNetfilter set:
                _callsIptables = set.CallsIptables;
                break;
            case Netlink.Dump dump:
                Answer(dump, outbox);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{Self}: {message.GetType().Name}");
        }
    }

    private void Answer(Netlink.Dump dump, Outbox outbox)
    {
        if (dump.Command == "bridge fdb")
        {
            outbox.Journal.Write(new JournalEntry
            {
                TimeNanoseconds = outbox.Now.Nanoseconds,
                Actor = Self,
                Kind = JournalKind.CommandOutput,
                Subject = DescribeFdb(),
            });
        }
    }

    // As bridge(8) lists it: each device's multicast groups, then what the bridge itself has and learned.
    private string DescribeFdb()
    {
        var text = new System.Text.StringBuilder();
        text.Append($"33:33:00:00:00:01 dev {deviceName} self permanent\n");
        text.Append($"01:00:5e:00:00:6a dev {deviceName} self permanent\n");
        text.Append($"33:33:00:00:00:6a dev {deviceName} self permanent\n");
        text.Append($"01:00:5e:00:00:01 dev {deviceName} self permanent\n");
        text.Append($"{mac} dev {deviceName} master {deviceName} permanent\n");
        for (int number = 1; number <= _lastPort; number++)
        {
            if (PortAt(number) is not { } port)
            {
                continue;
            }

            string name = port.Name.Name;
            foreach ((MacAddress learned, _) in _fdb.Entries.Where(e => e.Port == number))
            {
                text.Append($"{learned} dev {name} master {deviceName} \n");
            }

            text.Append($"{port.Mac} dev {name} master {deviceName} permanent\n");
            text.Append($"33:33:00:00:00:01 dev {name} self permanent\n");
            text.Append($"01:00:5e:00:00:01 dev {name} self permanent\n");
        }

        return text.ToString();
    }

    private SetBridgePort? PortAt(int number) => number < _ports.Length ? _ports[number] : null;

    private void SetPort(SetBridgePort set)
    {
        if (set.Number >= _ports.Length)
        {
            Array.Resize(ref _ports, Math.Max(set.Number + 1, _ports.Length * 2));
        }

        // The node does not know how the other end is.
        _ports[set.Number] = set = set with { HasCarrier = PortAt(set.Number)?.HasCarrier ?? true };
        _lastPort = Math.Max(_lastPort, set.Number);
        if (!set.Works)
        {
            _fdb.Forget(set.Number);
        }
    }

    private void ReceiveFrame(EthernetFrame frame, int number, Outbox outbox)
    {
        if (PortAt(number) is not { } port)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.DeviceGone);
            return;
        }

        if (!port.Works)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.LinkDown, at: port.Name);
            return;
        }

        if (IsTooLong(frame, port, outbox))
        {
            return;
        }

        outbox.Hop(Self, port.Name, Direction.In, frame, 0);
        _fdb.Learn(frame.Source, number, outbox.Now.Nanoseconds);
        if (_callsIptables && frame.Payload is IPv4Packet)
        {
            var hook = new BridgeHook(frame, number, LocalPort, BridgeStage.Prerouting, default);
            outbox.Send(host, hook, 0, deviceIndex);
        }
        else
        {
            Forward(frame, number, default, outbox);
        }
    }

    // Decides where a frame goes: up, to one port, or to all. The verdict that brought it here, if any, is passed up
    // as it is.
    private void Forward(
        EthernetFrame frame, int inPort, in PacketMark mark, Outbox outbox, BridgeVerdict? verdict = null)
    {
        MacAddress destination = frame.Destination;
        if (destination == mac && inPort != LocalPort)
        {
            Describe(frame, "local", outbox);
            PassUp(frame, verdict, outbox);
        }
        else if (!destination.IsGroup && _fdb.TryFind(destination, outbox.Now.Nanoseconds, out int known))
        {
            Describe(frame, "hit", outbox);
            if (known == inPort && !PortAt(known)!.Hairpin) // A learned port exists.
            {
                outbox.Dropped(Self, frame.Payload, DropReason.BridgeNoPort, at: PortAt(known)!.Name); // As above.
                return;
            }

            ForwardTo(frame, inPort, known, mark, outbox);
        }
        else
        {
            Describe(frame, "flood", outbox);
            Flood(frame, inPort, mark, outbox, verdict);
        }
    }

    private void Flood(EthernetFrame frame, int inPort, in PacketMark mark, Outbox outbox, BridgeVerdict? verdict)
    {
        int copies = 0;
        for (int number = _lastPort; number > 0; number--) // Linux puts a new port before the others.
        {
            if (PortAt(number) is { Works: true } port && (number != inPort || port.Hairpin))
            {
                ForwardTo(frame, inPort, number, mark, outbox);
                copies++;
            }
        }

        if (frame.Destination.IsGroup && inPort != LocalPort)
        {
            PassUp(frame, verdict, outbox);
            copies++;
        }

        if (copies == 0)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.BridgeNoPort);
        }
        else if (copies > 1)
        {
            outbox.Copied(Self, frame.Payload, copies - 1);
        }
    }

    private void ForwardTo(EthernetFrame frame, int inPort, int outPort, in PacketMark mark, Outbox outbox)
    {
        if (inPort != LocalPort && _callsIptables && frame.Payload is IPv4Packet)
        {
            outbox.Send(host, new BridgeHook(frame, inPort, outPort, BridgeStage.Forward, mark), 0, deviceIndex);
        }
        else
        {
            Transmit(frame, outPort, inPort == LocalPort ? 0 : hopNanoseconds, outbox);
        }
    }

    private void PassUp(EthernetFrame frame, BridgeVerdict? verdict, Outbox outbox) =>
        outbox.Send(host, (Message?)verdict ?? frame, hopNanoseconds, deviceIndex);

    // From port to port costs a hop; a frame from the bridge's own device has paid for its own.
    private void Transmit(EthernetFrame frame, int number, long offset, Outbox outbox)
    {
        if (PortAt(number) is not { } port)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.DeviceGone);
            return;
        }

        if (!port.Works)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.LinkDown, at: port.Name);
            return;
        }

        if (IsTooLong(frame, port, outbox))
        {
            return;
        }

        if (_qdiscs is not null && _qdiscs.TryGetValue(number, out EgressQdisc? qdisc) && !qdisc.IsNone)
        {
            qdisc.Enqueue(frame, offset, port.Name, outbox);
            return;
        }

        Emit(frame, port, offset, outbox);
    }

    private bool IsTooLong(EthernetFrame frame, SetBridgePort port, Outbox outbox)
    {
        bool isTooLong = frame.Payload.Length > port.Mtu + NetDevice.MtuSlack;
        if (isTooLong)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.PacketTooBig, at: port.Name);
        }

        return isTooLong;
    }

    private void Emit(EthernetFrame frame, SetBridgePort port, long offset, Outbox outbox)
    {
        outbox.Hop(Self, port.Name, Direction.Out, frame, offset);
        outbox.Send(port.Peer, frame, offset + hopNanoseconds, port.PeerIndex);
    }

    // A frame has waited in the queueing discipline of a port.
    private void Release(EthernetFrame frame, int number, Outbox outbox)
    {
        if (PortAt(number) is not { } port)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.DeviceGone);
        }
        else if (!port.Works)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.LinkDown, at: port.Name);
        }
        else
        {
            Emit(frame, port, 0, outbox);
        }
    }

    private void ReplaceQdisc(SetPortQdisc set)
    {
        if (PortAt(set.Number) is not { } port)
        {
            return;
        }

        _qdiscs ??= [];
        if (!_qdiscs.TryGetValue(set.Number, out EgressQdisc? qdisc))
        {
            qdisc = new EgressQdisc(Self, port.Name.Name, set.Number);
            _qdiscs.Add(set.Number, qdisc);
        }

        qdisc.Replace(set.Tbf, set.Netem);
    }

    private void Describe(EthernetFrame frame, string result, Outbox outbox)
    {
        if (outbox.Journal.Detail)
        {
            outbox.Detail(Self, JournalKind.Fdb, frame.Payload, $"fdb {frame.Destination}: {result}");
        }
    }
}
