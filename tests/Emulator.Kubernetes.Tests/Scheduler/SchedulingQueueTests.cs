using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Scheduler;
using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Plugins;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Tests.Scheduler;

/// <summary>Figures: kube-scheduler's defaults (podInitialBackoffSeconds 1, podMaxBackoffSeconds 10,
/// podMaxInUnschedulablePodsDuration 5 min).</summary>
public class SchedulingQueueTests
{
    private readonly SchedulingQueue _queue = new(new PrioritySort(), SchedulerOptions.Default);

    [Fact]
    public void Higher_priority_goes_first_and_then_who_came_first()
    {
        QueuedPod early = Add("early", 0, 1);
        QueuedPod late = Add("late", 0, 2);
        QueuedPod urgent = Add("urgent", 10, 3);
        Assert.Equal([urgent, early, late], [_queue.Pop(), _queue.Pop(), _queue.Pop()]);
        Assert.Null(_queue.Pop());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    [InlineData(40, 10)]
    public void Back_off_doubles_from_one_second_to_ten(int attempts, int seconds) =>
        Assert.Equal(SimDuration.FromSeconds(seconds), _queue.BackoffOf(attempts));

    [Fact]
    public void An_unschedulable_pod_ignores_an_event_that_its_plugins_do_not_wait_for()
    {
        QueuedPod pod = Refused("a", ClusterEvents.NodeAdd);
        _queue.Move(ClusterEvents.NodeTaint, At(60));
        Assert.Equal(QueuePlace.Unschedulable, pod.Place);
    }

    [Fact]
    public void An_event_moves_a_pod_to_back_off_and_its_end_makes_it_active()
    {
        QueuedPod pod = Refused("a", ClusterEvents.NodeAdd);
        _queue.Move(ClusterEvents.NodeAdd, new SimTime(500_000_000));
        Assert.Equal(QueuePlace.Backoff, pod.Place);
        Assert.Equal(At(1), _queue.NextBackoffEnd);
        _queue.FlushBackoff(new SimTime(999_999_999));
        Assert.Equal(QueuePlace.Backoff, pod.Place);
        _queue.FlushBackoff(At(1));
        Assert.Equal(QueuePlace.Active, pod.Place);
    }

    [Fact]
    public void An_event_after_the_back_off_makes_a_pod_active_at_once()
    {
        QueuedPod pod = Refused("a", ClusterEvents.NodeAdd);
        _queue.Move(ClusterEvents.NodeAdd, At(2));
        Assert.Same(pod, _queue.Pop());
        Assert.Equal(2, pod.Attempts);
    }

    [Fact]
    public void A_pod_that_nothing_helps_is_tried_again_after_five_minutes()
    {
        QueuedPod pod = Refused("a", ClusterEvents.None);
        _queue.FlushUnschedulable(At(300));
        Assert.Equal(QueuePlace.Unschedulable, pod.Place);
        _queue.FlushUnschedulable(At(301));
        Assert.Equal(QueuePlace.Active, pod.Place);
    }

    [Fact]
    public void A_removed_pod_is_in_no_queue()
    {
        QueuedPod kept = Add("kept", 0, 0);
        QueuedPod gone = Add("gone", 5, 0);
        _queue.Remove(gone);
        Assert.Null(_queue.Find(gone.Key));
        Assert.Same(kept, _queue.Pop());
        Assert.Null(_queue.Pop());
    }

    [Fact]
    public void Ten_thousand_pods_leave_in_the_order_they_came_in()
    {
        QueuedPod[] pods = [.. Enumerable.Range(0, 10_000).Select(i => Add($"p{i}", 0, 7))];
        Assert.Equal(pods, Enumerable.Range(0, 10_000).Select(_ => _queue.Pop()!));
    }

    private static SimTime At(long seconds) => new(seconds * 1_000_000_000);

    private QueuedPod Add(string name, long priority, long seconds)
    {
        ApiObject pod = ApiObject.Named(ResourceTypes.Pods, "default", name).With(["spec", "priority"], priority);
        var queued = new QueuedPod(pod, PodRequirements.Parse(JsonObject.Empty));
        _queue.Add(queued, At(seconds));
        return queued;
    }

    private QueuedPod Refused(string name, ClusterEvents awaited)
    {
        QueuedPod pod = Add(name, 0, 0);
        Assert.Same(pod, _queue.Pop());
        _queue.AddUnschedulable(pod, awaited, At(0));
        return pod;
    }
}
