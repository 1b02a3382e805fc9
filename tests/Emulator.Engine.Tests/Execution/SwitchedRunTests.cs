using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;
using Emulator.Underlay;

namespace Emulator.Engine.Tests.Execution;

/// <summary>Stations around two switches that are joined by a trunk: floods, copies, loss, cuts.</summary>
public class SwitchedRunTests
{
    private static readonly WireOptions Local = new() { LatencyNanoseconds = 20_000, Loss = new Ratio(1, 50) };
    private static readonly WireOptions Trunk =
        new() { LatencyNanoseconds = 700_000, RateBitsPerSecond = 1_000_000_000 };

    [Fact]
    public void Every_packet_through_switches_is_accounted_for_on_any_number_of_shards()
    {
        (ulong Digest, long Copied, long Lost)[] runs = [.. ((int[])[1, 2, 3]).Select(shards =>
        {
            Ledger ledger = new();
            using InProcessEngine engine = new(
                new EngineOptions { Shards = shards, Threads = 2, Projections = [ledger] });
            Topology topology = new();
            Switch[] switches = [.. ((string[])["a", "b"]).Select(zone => AddZone(engine, topology, zone))];
            Link trunk = topology.Add(new Link(
                new LinkEnd(switches[0].Self, switches[0].NextPort), new LinkEnd(
                    switches[1].Self, switches[1].NextPort), Trunk));
            int port = switches[0].AddPort(new MacAddress(6), trunk.AToB, isTrunk: true);
            switches[1].AddPort(new MacAddress(6), trunk.BToA, isTrunk: true);
            foreach (Wire wire in topology.Wires)
            {
                engine.DeclareWire(wire.Sender.Machine, wire.Receiver.Machine, wire.LeastLatencyNanoseconds);
            }

            engine.RunUntil(new SimTime(2_000_000));
            Assert.Null(ledger.Check(engine.PacketsInFlight));
            engine.Inject(switches[0].Self, new ChangeWire(port, Trunk with { IsUp = false }));
            Assert.True(engine.RunToQuiescence(SimTime.Zero + SimDuration.FromSeconds(1)));
            Assert.Equal(0, engine.PacketsInFlight);
            Assert.Null(ledger.Check(0));
            Assert.Contains(ledger.DroppedByReason, drop => drop.Reason == Core.Journal.DropReason.LinkDown);
            return (engine.Digest, ledger.Copied, ledger.Dropped);
        })];

        Assert.All(runs, run => Assert.Equal(runs[0], run));
        Assert.True(runs[0].Copied > 100 && runs[0].Lost > 10, "the model is too quiet to say anything");
    }

    private static Switch AddZone(InProcessEngine engine, Topology topology, string zone)
    {
        MachineRef machine = new($"sw-{zone}", zone);
        Switch zoneSwitch = new(new ActorRef($"switch/{zone}", "", machine));
        for (int i = 0; i < 3; i++)
        {
            MachineRef host = new($"{zone}-{i}", zone);
            ActorRef self = new($"node/{host.Name}", "", host);
            ActorRef clerk = new($"clerk/{host.Name}", "", host);
            Station station = new(self, clerk, kicks: 20);
            Link link = topology.Add(
                new Link(new LinkEnd(self, 2), new LinkEnd(zoneSwitch.Self, zoneSwitch.NextPort), Local));
            station.AddWire(link.AToB);
            zoneSwitch.AddPort(new MacAddress(6), link.BToA);
            engine.Add(host, station, [new Clerk(clerk, self)]);
        }

        engine.Add(machine, zoneSwitch, []);
        return zoneSwitch;
    }
}
