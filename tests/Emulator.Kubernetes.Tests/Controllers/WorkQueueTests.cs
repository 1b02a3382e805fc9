using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Controllers;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>The rules of client-go's work queue and of controller expectations.</summary>
public class WorkQueueTests
{
    private static readonly ObjectKey A = new("default", "a");
    private static readonly ObjectKey B = new("default", "b");
    private readonly WorkQueue _queue = new(SimDuration.FromMilliseconds(10));

    [Fact]
    public void A_key_waits_once_however_often_it_is_added()
    {
        _queue.Add(A, At(0));
        _queue.Add(B, At(0));
        _queue.Add(A, At(0));
        Assert.True(_queue.TryTake(At(0), out ObjectKey first));
        Assert.True(_queue.TryTake(At(0), out ObjectKey second));
        Assert.Equal((A, B), (first, second));
        Assert.False(_queue.TryTake(At(0), out _));
    }

    [Fact]
    public void A_key_added_while_it_is_worked_on_comes_again_when_it_has_rested()
    {
        _queue.Add(A, At(0));
        _queue.TryTake(At(0), out _);
        _queue.Add(A, At(1));
        Assert.False(_queue.TryTake(At(1), out _));
        _queue.Done(A, At(2));
        Assert.Equal(At(12), _queue.NextDue);
        Assert.False(_queue.TryTake(At(11), out _));
        Assert.True(_queue.TryTake(At(12), out _));
    }

    [Fact]
    public void Retries_wait_5_ms_and_twice_as_long_each_time()
    {
        _queue.Retry(A, At(0));
        Assert.Equal(At(5), _queue.NextDue);
        Assert.True(_queue.TryTake(At(5), out _));
        _queue.Done(A, At(5));
        _queue.Retry(A, At(5));
        Assert.Equal(At(15), _queue.NextDue);
        _queue.Forget(A);
        _queue.Retry(B, At(6));
        Assert.Equal(At(11), _queue.NextDue);
    }

    [Fact]
    public void The_earliest_of_several_times_counts()
    {
        _queue.AddAt(A, At(50));
        _queue.AddAt(A, At(20));
        _queue.AddAt(A, At(70));
        Assert.Equal(At(20), _queue.NextDue);
        Assert.True(_queue.TryTake(At(20), out _));
        Assert.Null(_queue.NextDue);
    }

    [Fact]
    public void Expectations_hold_until_all_is_seen_or_five_minutes_are_over()
    {
        var expectations = new Expectations();
        expectations.ExpectCreations(A, 2, At(0));
        expectations.CreationSeen(A);
        Assert.False(expectations.AreSatisfied(A, At(0)));
        Assert.True(expectations.AreSatisfied(B, At(0)));
        expectations.CreationSeen(A);
        Assert.True(expectations.AreSatisfied(A, At(0)));
        expectations.ExpectDeletions(A, ["x"], At(0));
        expectations.DeletionSeen(A, "y");
        Assert.False(expectations.AreSatisfied(A, At(300_000)));
        Assert.True(expectations.AreSatisfied(A, At(300_001)));
    }

    private static SimTime At(long milliseconds) => SimTime.Zero + SimDuration.FromMilliseconds(milliseconds);
}
