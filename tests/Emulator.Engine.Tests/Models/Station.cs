using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Underlay;

namespace Emulator.Engine.Tests.Models;

/// <summary>Asks a station's clerk to choose where the next packet goes.</summary>
public sealed record Choose(ulong Flow) : Message;

/// <summary>The clerk's choice.</summary>
public sealed record Chosen(ulong Flow, uint Peer) : Message;

/// <summary>Says that the station sends a packet of its own accord.</summary>
public sealed record Kick(int Number) : Message;

/// <summary>
/// The root of a machine of the model: throws packets at its neighbours over wires that lose and duplicate.
/// </summary>
public sealed class Station(ActorRef self, ActorRef clerk, int kicks) : Actor(self)
{
    private readonly List<Wire> _wires = [];
    private readonly InterfaceName _card = new(self.Machine.Name, self.Machine.Name, "eth0");

    public int Received { get; private set; }

    public void AddWire(Wire wire) => _wires.Add(wire);

    public override void OnStart(Outbox outbox)
    {
        for (int i = 0; i < kicks; i++)
        {
            // Many stations kick at the same instants, so that ids and steps decide.
            outbox.Send(Self, new Kick(i), i * 250_000);
        }
    }

    public override void Receive(Message message, int port, Outbox outbox)
    {
        switch (message)
        {
            case Kick kick:
                outbox.Send(clerk, new Choose((ulong)kick.Number + 1));
                break;
            case Chosen chosen:
                Throw(chosen, outbox);
                break;
            case EthernetFrame frame:
                Received++;
                outbox.Hop(Self, _card, Direction.In, frame, 0);
                outbox.Delivered(Self, frame.Payload);
                if (((IPv4Packet)frame.Payload).TimeToLive > 1)
                {
                    outbox.Send(clerk, new Choose(frame.Payload.Identity.Flow));
                }

                break;
        }
    }

    private void Throw(Chosen chosen, Outbox outbox)
    {
        Wire wire = _wires[(int)(chosen.Peer % (uint)_wires.Count)];
        IPv4Packet packet = new()
        {
            Identity = new PacketIdentity(NextPacketId(), chosen.Flow, false),
            Source = IPv4Address.From(10, 0, 0, 1),
            Destination = IPv4Address.From(10, 0, 0, 2),
            TimeToLive = (byte)(chosen.Peer % 3),
            Payload = new UdpDatagram(1, 2, new FillerPayload(64)),
        };
        EthernetFrame frame = new(new MacAddress(2), new MacAddress(4), packet);
        outbox.Originated(Self, packet);
        outbox.Hop(Self, _card, Direction.Out, frame, 1_000);
        wire.Transmit(frame, 1_000, _card, outbox);
    }
}

/// <summary>Throws a station's dice, on the same machine and without delay.</summary>
public sealed class Clerk(ActorRef self, ActorRef station) : Actor(self)
{
    private RandomStream _dice;

    public List<uint> Thrown { get; } = [];

    public override void OnStart(Outbox outbox) => _dice = Dice("peer");

    public override void Receive(Message message, int port, Outbox outbox)
    {
        if (message is Choose choose)
        {
            uint drawn = _dice.NextBelow(1_000);
            Thrown.Add(drawn);
            outbox.Send(station, new Chosen(choose.Flow, drawn));
        }
    }
}
