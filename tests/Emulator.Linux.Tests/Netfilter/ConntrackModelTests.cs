using Emulator.Core.Randomness;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using static Emulator.Linux.Tests.Netfilter.NetfilterRig;

namespace Emulator.Linux.Tests.Netfilter;

/// <summary>The connection table against a plain dictionary that is given the same packets.</summary>
public sealed class ConntrackModelTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lists_what_a_dictionary_would_hold(ulong seed)
    {
        NetfilterRig rig = new();
        rig.Put(TableName.Nat, "test", 0, new TableContent([], [new Chain("EMPTY", [])]));
        RandomStream dice = RandomStream.For(seed, default, "packets");
        Dictionary<(uint From, uint To), Flow> model = [];
        for (int i = 0; i < 20_000; i++)
        {
            rig.After(dice.NextBelow(1_000));
            (uint a, uint b) = (1 + dice.NextBelow(12), 101 + dice.NextBelow(12));
            bool backwards = dice.NextBelow(2) == 0;
            Assert.True(rig.Receive(backwards
                ? Udp("10.244.1.3", (int)b, "10.244.1.2", (int)a)
                : Udp("10.244.1.2", (int)a, "10.244.1.3", (int)b)).Verdict.IsAccepted);
            Learn(model, backwards ? (b, a) : (a, b), rig.Now.Nanoseconds);
            if (i % 50 == 0)
            {
                Assert.Equal(Expected(model, rig.Now.Nanoseconds), Listed(rig));
            }
        }

        Assert.InRange(rig.Netfilter.Conntrack.Count, 1, 144);
    }

    /// <summary>Source: udp_packet of nf_conntrack_proto_udp; a packet's own answer counts from the next one
    /// on.</summary>
    private static void Learn(Dictionary<(uint From, uint To), Flow> model, (uint From, uint To) packet, long now)
    {
        (uint From, uint To) answered = (packet.To, packet.From);
        bool isReply = model.TryGetValue(answered, out Flow flow) && flow.Ends > now;
        (uint From, uint To) key = isReply ? answered : packet;
        if (!isReply && !(model.TryGetValue(packet, out flow) && flow.Ends > now))
        {
            model.Remove(answered);
            model[packet] = new Flow(now, now + (30 * Second), false, false);
            return;
        }

        bool stream = flow.IsReplied && now > flow.Since + (2 * Second);
        model[key] = new Flow(
            flow.Since, now + ((stream ? 120 : 30) * Second), flow.IsReplied || isReply, flow.IsAssured || stream);
    }

    private static string[] Expected(Dictionary<(uint From, uint To), Flow> model, long now) =>
        [.. model.Where(f => f.Value.Ends > now)
            .Select(f => $"{f.Key} {(f.Value.Ends - now) / Second} {f.Value.IsReplied} {f.Value.IsAssured}")
            .Order(StringComparer.Ordinal)];

    private static string[] Listed(NetfilterRig rig) =>
        [.. rig.Netfilter.Conntrack.List(rig.Now)
            .Select(r => $"({r.Original.SourcePort}, {r.Original.DestinationPort}) {r.SecondsLeft} {r.IsReplied} "
                + $"{r.IsAssured}")
            .Order(StringComparer.Ordinal)];

    private readonly record struct Flow(long Since, long Ends, bool IsReplied, bool IsAssured);
}
