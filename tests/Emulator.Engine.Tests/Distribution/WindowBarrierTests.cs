using Emulator.Core.Actors;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Tests.Distribution;

/// <summary>
/// Three shards a, b, c: a and b are 10 from each other, b and c 20, and no wire joins a and c. All expected ends are
/// taken by hand from those.
/// </summary>
public sealed class WindowBarrierTests
{
    private const long Far = 1_000_000;
    private static readonly long[] NoInputs = [long.MaxValue, long.MaxValue, long.MaxValue];

    [Fact]
    public void A_shard_runs_until_another_could_have_an_effect_in_it_over_whatever_shards()
    {
        WindowBarrier barrier = At(100, 105, 150);

        Assert.True(barrier.Open());

        Assert.Equal([0, 1], barrier.Busy);
        Assert.Equal(115, barrier.EndOf(0)); // b's next and 10.
        Assert.Equal(110, barrier.EndOf(1)); // a's next and 10.
        Assert.Equal(125, barrier.EndOf(2)); // b's next and 20; its own next comes later.
    }

    [Fact]
    public void A_shard_alone_runs_until_an_answer_to_its_own_first_message_could_come()
    {
        WindowBarrier barrier = At(100, long.MaxValue, long.MaxValue);

        Assert.True(barrier.Open());

        Assert.Equal([0], barrier.Busy);
        Assert.Equal(120, barrier.EndOf(0)); // To b and back.
    }

    [Fact]
    public void A_batch_on_its_way_bounds_its_receiver_and_those_behind_it()
    {
        WindowBarrier barrier = At(100, 300, 500);
        barrier.Open();

        barrier.Close([Notice(0, 1, next: 400, new BatchTicket(1, 1, 112))]);

        Assert.True(barrier.Open());
        Assert.Equal([1], barrier.Busy);
        Assert.Equal(122, barrier.EndOf(0));
        Assert.Equal(132, barrier.EndOf(1)); // To a and back.
        Assert.Equal(132, barrier.EndOf(2));
    }

    [Fact]
    public void A_stretch_ends_where_it_is_told_to()
    {
        WindowBarrier barrier = At(100, 100, 100);
        barrier.Begin(until: 105, NoInputs);
        Assert.True(barrier.Open());
        Assert.Equal(105, barrier.EndOf(2));

        barrier.Close([Notice(0, 1, 105), Notice(1, 1, 200), Notice(2, 1, 107)]);

        Assert.False(barrier.Open());
        Assert.Equal(105, barrier.Until);
    }

    [Fact]
    public void A_full_stretch_ends_when_all_have_come_as_far_as_the_furthest()
    {
        WindowBarrier barrier = At(100, 105, 118);
        Assert.True(barrier.Open());
        Assert.Equal([0, 1, 2], barrier.Busy);
        Assert.Equal(125, barrier.EndOf(2)); // The furthest.

        barrier.Close(
        [
            Notice(0, 1, next: 116), Notice(1, 1, next: 117, kept: WindowBarrier.KeptBytesMax + 1),
            Notice(2, 1, next: 126),
        ]);

        Assert.Equal(125, barrier.Until);
        Assert.True(barrier.Open());
        Assert.Equal([0, 1], barrier.Busy);
        barrier.Close([Notice(0, 2, next: 125), Notice(1, 2, next: 130)]);
        Assert.False(barrier.Open());
    }

    [Fact]
    public void An_input_from_outside_is_work_for_its_shard()
    {
        WindowBarrier barrier = At(100, 105, 150);

        barrier.Begin(Far, [long.MaxValue, long.MaxValue, 90]);

        Assert.True(barrier.Open());
        Assert.Equal([0, 1, 2], barrier.Busy);
        Assert.Equal(115, barrier.EndOf(0)); // From c it is 30, over b.
        Assert.Equal(110, barrier.EndOf(1));
        Assert.Equal(125, barrier.EndOf(2));
    }

    private static WindowBarrier At(params long[] next)
    {
        MachineRef[] machines = [new("a", "a"), new("b", "b"), new("c", "c")];
        var barrier = new WindowBarrier(new ShardDistances(
            new ShardMap(["a", "b", "c"], 3),
            [
                (machines[0], machines[1], 10), (machines[1], machines[0], 10),
                (machines[1], machines[2], 20), (machines[2], machines[1], 20),
            ]));
        barrier.Begin(0, NoInputs);
        barrier.Close([.. next.Select((time, shard) => Notice(shard, 0, time))]);
        barrier.Begin(Far, NoInputs);
        return barrier;
    }

    private static WindowNotice Notice(int from, long window, long next, params BatchTicket[] tickets) =>
        Notice(from, window, next, 0, tickets);

    private static WindowNotice Notice(
        int from, long window, long next, long kept, params BatchTicket[] tickets) => new()
    {
        Epoch = 1,
        From = from,
        Window = window,
        NextTime = next,
        KeptBytes = kept,
        Tickets = tickets,
        Batches = [],
    };
}
