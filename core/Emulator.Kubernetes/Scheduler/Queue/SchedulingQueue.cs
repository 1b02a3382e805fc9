using System.Diagnostics;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Scheduler.Framework;

namespace Emulator.Kubernetes.Scheduler.Queue;

/// <summary>
/// The pods that wait for a node: those to try now (active), those tried too recently (back-off), and those that
/// nothing can be done for until something happens (unschedulable).
/// </summary>
/// <remarks>
/// <para>Source: kube-scheduler's <c>PriorityQueue</c>. A pod's back-off is 1 s after its first attempt and doubles to
/// 10 s. An event that a refusing plugin registered for moves a pod from unschedulable to back-off, or to active when
/// its back-off is over; after 5 minutes it is moved in any case.</para>
/// <para>A back-off ends at its own instant, where kube-scheduler looks once a second. Its bound is the API server's:
/// every pod here is one of its objects.</para>
/// </remarks>
public sealed class SchedulingQueue
{
    private readonly Dictionary<ObjectKey, QueuedPod> _pods = [];
    private readonly SortedSet<QueuedPod> _unschedulable =
        new(Comparer<QueuedPod>.Create(static (a, b) => a.Sequence.CompareTo(b.Sequence)));

    private readonly PodHeap _active;
    private readonly PodHeap _backoff = new(static (a, b) =>
        a.BackoffUntil != b.BackoffUntil ? a.BackoffUntil < b.BackoffUntil : a.Sequence < b.Sequence);

    private readonly SchedulerOptions _options;
    private long _arrivals;

    /// <summary>An empty queue.</summary>
    public SchedulingQueue(IQueueSortPlugin sort, SchedulerOptions options)
    {
        _active = new PodHeap(sort.Less);
        _options = options;
    }

    /// <summary>How many are ready to be tried.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>How many wait for their back-off to end.</summary>
    public int BackoffCount => _backoff.Count;

    /// <summary>How many wait for something to happen.</summary>
    public int UnschedulableCount => _unschedulable.Count;

    /// <summary>When the next back-off ends, or null.</summary>
    public SimTime? NextBackoffEnd => _backoff.Peek()?.BackoffUntil;

    /// <summary>The waiting pod of a key, or null.</summary>
    public QueuedPod? Find(ObjectKey key) => _pods.GetValueOrDefault(key);

    /// <summary>A new pod: ready at once.</summary>
    public void Add(QueuedPod pod, SimTime now)
    {
        pod.Timestamp = now;
        pod.Sequence = ++_arrivals;
        _pods[pod.Key] = pod;
        Activate(pod);
    }

    /// <summary>Takes a pod out wherever it is.</summary>
    public void Remove(QueuedPod pod)
    {
        Detach(pod);
        _pods.Remove(pod.Key);
    }

    /// <summary>The next pod to try, which leaves its queue; null when none is ready.</summary>
    public QueuedPod? Pop()
    {
        if (_active.Count == 0)
        {
            return null;
        }

        QueuedPod pod = _active.Pop();
        pod.Place = QueuePlace.None;
        pod.Attempts++;
        return pod;
    }

    /// <summary>No node took a popped pod: it waits until something happens.</summary>
    public void AddUnschedulable(QueuedPod pod, ClusterEvents awaited, SimTime now)
    {
        pod.AwaitedEvents = awaited;
        pod.UnschedulableSince = now;
        pod.BackoffUntil = now + BackoffOf(pod.Attempts);
        pod.Place = QueuePlace.Unschedulable;
        _unschedulable.Add(pod);
    }

    /// <summary>A step failed by no fault of the pod's (such as binding): it is tried again after its
    /// back-off.</summary>
    public void AddBackoff(QueuedPod pod, SimTime now)
    {
        pod.BackoffUntil = now + BackoffOf(pod.Attempts);
        pod.Place = QueuePlace.Backoff;
        _backoff.Add(pod);
    }

    /// <summary>Something happened: unschedulable pods that wait for it are tried again.</summary>
    public void Move(ClusterEvents events, SimTime now) => MoveWhere(p => (p.AwaitedEvents & events) != 0, now);

    /// <summary>The pod itself changed: it is tried again if it was unschedulable.</summary>
    public void Update(QueuedPod pod, ApiObject after, SimTime now)
    {
        bool active = pod.Place == QueuePlace.Active;
        if (active)
        {
            _active.Remove(pod); // Its priority may be another.
        }

        pod.Pod = after;
        pod.Priority = after.Spec["priority"]?.AsInt64 ?? 0;
        if (active)
        {
            Activate(pod);
        }
        else if (pod.Place == QueuePlace.Unschedulable)
        {
            MoveOne(pod, now);
        }
    }

    /// <summary>Pods that have been unschedulable for long (5 minutes) are tried again.</summary>
    public void FlushUnschedulable(SimTime now) =>
        MoveWhere(p => now - p.UnschedulableSince > _options.UnschedulableFlush, now);

    /// <summary>Pods whose back-off is over become active.</summary>
    public void FlushBackoff(SimTime now)
    {
        while (_backoff.Peek() is { } pod && pod.BackoffUntil <= now)
        {
            _backoff.Pop();
            Activate(pod);
        }
    }

    /// <summary>How long a pod backs off after so many attempts: 1 s, doubling to 10 s.</summary>
    public SimDuration BackoffOf(int attempts)
    {
        SimDuration backoff = _options.PodInitialBackoff;
        for (int i = 1; i < attempts && backoff < _options.PodMaxBackoff; i++)
        {
            backoff *= 2;
        }

        return backoff > _options.PodMaxBackoff ? _options.PodMaxBackoff : backoff;
    }

    private void MoveWhere(Func<QueuedPod, bool> condition, SimTime now)
    {
        if (_unschedulable.Count == 0)
        {
            return;
        }

        foreach (QueuedPod pod in _unschedulable.Where(condition).ToArray())
        {
            MoveOne(pod, now);
        }
    }

    private void MoveOne(QueuedPod pod, SimTime now)
    {
        _unschedulable.Remove(pod);
        if (pod.BackoffUntil > now)
        {
            pod.Place = QueuePlace.Backoff;
            _backoff.Add(pod);
        }
        else
        {
            Activate(pod);
        }
    }

    private void Activate(QueuedPod pod)
    {
        pod.Place = QueuePlace.Active;
        _active.Add(pod);
    }

    private void Detach(QueuedPod pod)
    {
        switch (pod.Place)
        {
            case QueuePlace.Active:
                _active.Remove(pod);
                break;
            case QueuePlace.Backoff:
                _backoff.Remove(pod);
                break;
            case QueuePlace.Unschedulable:
                _unschedulable.Remove(pod);
                break;
            case QueuePlace.None:
                break;
            default:
                throw new UnreachableException(pod.Place.ToString());
        }

        pod.Place = QueuePlace.None;
    }
}
