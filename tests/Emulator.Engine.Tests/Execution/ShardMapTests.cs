using Emulator.Core.Actors;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Tests.Execution;

public class ShardMapTests
{
    [Fact]
    public void Cuts_along_zones_in_the_order_of_their_names()
    {
        ShardMap map = new(["zone-c", "zone-a", "zone-b", "zone-a"], 2);

        Assert.Equal([0, 1, 0], Shards(map, "zone-a", "zone-b", "zone-c"));
    }

    [Fact]
    public void Spreads_a_zone_over_its_own_shards_when_there_are_more_shards_than_zones()
    {
        ShardMap map = new(["zone-a", "zone-b"], 5);
        int[] ShardsOf(string zone) =>
            [.. Enumerable.Range(0, 200).Select(i => map.Of(new MachineRef($"node-{i}", zone))).Distinct().Order()];

        Assert.Equal([0, 2, 4], ShardsOf("zone-a"));
        Assert.Equal([1, 3], ShardsOf("zone-b"));
    }

    [Fact]
    public void Refuses_a_zone_that_it_does_not_know()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => new ShardMap(["zone-a"], 1).Of(new MachineRef("node-1", "zone-x")));
        Assert.Equal("node-1: zone zone-x is not one of zone-a.", refusal.Message);
    }

    private static int[] Shards(ShardMap map, params string[] zones) =>
        [.. zones.Select(zone => map.Of(new MachineRef("node-1", zone)))];
}
