using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler;

/// <summary>kube-scheduler: chooses a node for each pod that has none, one pod at a time, and binds it.</summary>
/// <remarks>
/// <para>In: watch events of nodes and pods, answers to bindings, its own timers. Out: bindings, and the condition
/// <c>PodScheduled=False</c> on pods that no node takes.</para>
/// <para>Choosing costs <see cref="SchedulerOptions.CycleCost"/> of virtual time a pod, one after the other; bindings
/// run beside it. Left out, and told to whoever reads <see cref="UnsupportedFields"/>: spreading, pod affinity, claims
/// and preemption. No Event objects are written.</para>
/// </remarks>
public sealed class SchedulerActor : Actor, IBinder
{
    private const int CycleTimer = 1;
    private const int BackoffTimer = 2;
    private const int FlushTimer = 3;
    private const string PreemptionField = "spec.priority (preemption)";

    private readonly SchedulerOptions _options;
    private readonly Profile _profile;
    private readonly ApiClient _client;
    private readonly Informer _nodeInformer;
    private readonly Informer _podInformer;
    private readonly SchedulingQueue _queue;
    private readonly NodeTable _nodes = new();
    private readonly PodBookings _bookings;
    private readonly PodRequirementsCache _requirements = new();
    private readonly Diagnosis _diagnosis = new();
    private readonly SortedSet<string> _unsupported = new(StringComparer.Ordinal);
    private SchedulingAlgorithm? _algorithm;
    private LazyTimer _cycleTimer;
    private LazyTimer _backoffTimer;
    private LazyTimer _flushTimer;
    private Outbox? _bindOutbox;

    /// <summary>A scheduler.</summary>
    /// <param name="self">Its address.</param>
    /// <param name="machineRoot">The root of its machine.</param>
    /// <param name="apiServer">The API server.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="profile">Its plugins; the default ones when null.</param>
    public SchedulerActor(
        ActorRef self, ActorRef machineRoot, ActorRef apiServer, SchedulerOptions? options = null,
        Profile? profile = null)
        : base(self)
    {
        _options = options ?? SchedulerOptions.Default;
        _profile = profile ?? Profile.Default();
        _queue = new SchedulingQueue(_profile.QueueSort, _options);
        _bookings = new PodBookings(_nodes);
        _client = new ApiClient(self, machineRoot, apiServer);
        _nodeInformer = _client.Inform(ResourceTypes.Nodes);
        _podInformer = _client.Inform(ResourceTypes.Pods);
    }

    /// <summary>Fields of pods seen so far that bear on scheduling and were not honoured.</summary>
    public IReadOnlyCollection<string> UnsupportedFields => _unsupported;

    /// <summary>The pods that wait.</summary>
    public SchedulingQueue Queue => _queue;

    /// <summary>The nodes and what is booked on them.</summary>
    public NodeTable Nodes => _nodes;

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox)
    {
        _algorithm = new SchedulingAlgorithm(_profile, _options, Dice("selectHost"));
        _nodeInformer.OnAdd = UpdateNode;
        _nodeInformer.OnUpdate = (_, node, o) => UpdateNode(node, o);
        _nodeInformer.OnDelete = (node, _) => _nodes.Remove(node.Name);
        _nodeInformer.OnBatchEnd = Wake;
        _podInformer.OnAdd = AddPod;
        _podInformer.OnUpdate = UpdatePod;
        _podInformer.OnDelete = (pod, o) => RemovePod(pod, o);
        _podInformer.OnBatchEnd = Wake;
        _client.Start(outbox);
    }

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        if (_client.Handle(message, outbox))
        {
            return;
        }

        switch (message)
        {
            case TimerMessage { Purpose: CycleTimer } timer when _cycleTimer.Expired(Self, timer, outbox):
                ScheduleOne(outbox);
                break;
            case TimerMessage { Purpose: BackoffTimer } timer when _backoffTimer.Expired(Self, timer, outbox):
                _queue.FlushBackoff(outbox.Now);
                break;
            case TimerMessage { Purpose: FlushTimer } timer when _flushTimer.Expired(Self, timer, outbox):
                _queue.FlushUnschedulable(outbox.Now);
                break;
            case TimerMessage:
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{Self} got {message.GetType().Name}");
        }

        Wake(outbox);
    }

    /// <inheritdoc/>
    void IBinder.SendBinding(QueuedPod pod, NodeEntry node)
    {
        Outbox outbox = _bindOutbox
            ?? throw new InvalidOperationException("A binding can be sent only from a Bind plugin's Bind.");
        _client.Bind(pod.Key, pod.Uid, node.Name, outbox, (response, o) => Bound(pod, node, response, o));
    }

    private void UpdateNode(ApiObject node, Outbox outbox)
    {
        ClusterEvents events = _nodes.Update(node.Name, NodeDescription.Parse(node.Json));
        if (events != ClusterEvents.None)
        {
            _queue.Move(events, outbox.Now);
        }
    }

    private void AddPod(ApiObject pod, Outbox outbox)
    {
        PodView view = PodView.Of(pod);
        if (view.IsTerminal)
        {
            return;
        }

        if (view.NodeName.Length > 0)
        {
            _bookings.Confirm(pod.Uid, RequirementsOf(pod), view.NodeName);
        }
        else if (IsMine(view))
        {
            var queued = new QueuedPod(pod, RequirementsOf(pod));
            NoteUnsupported(queued.Requirements.Unsupported, outbox);
            _queue.Add(queued, outbox.Now);
        }
    }

    private void UpdatePod(ApiObject before, ApiObject after, Outbox outbox)
    {
        PodView view = PodView.Of(after);
        QueuedPod? queued = _queue.Find(after.Key);
        if (view.IsTerminal)
        {
            RemovePod(after, outbox);
        }
        else if (view.NodeName.Length > 0)
        {
            if (queued is not null)
            {
                _queue.Remove(queued);
            }

            if (_bookings.Confirm(after.Uid, RequirementsOf(after), view.NodeName))
            {
                _queue.Move(ClusterEvents.AssignedPodDelete, outbox.Now);
            }
        }
        else if (queued is null)
        {
            AddPod(after, outbox);
        }
        else if (view.IsTerminating)
        {
            _queue.Remove(queued);
        }
        else if (!ReferenceEquals(before.Spec, after.Spec) && !before.Spec.Equals(after.Spec))
        {
            queued.Requirements = RequirementsOf(after);
            _queue.Update(queued, after, outbox.Now);
        }
        else
        {
            queued.Pod = after;
        }
    }

    private void RemovePod(ApiObject pod, Outbox outbox)
    {
        if (_queue.Find(pod.Key) is { } queued && queued.Uid == pod.Uid)
        {
            _queue.Remove(queued);
        }

        if (_bookings.Remove(pod.Uid))
        {
            _queue.Move(ClusterEvents.AssignedPodDelete, outbox.Now);
        }
    }

    private bool IsMine(PodView pod) =>
        pod.SchedulerName == _options.SchedulerName
        && !pod.IsTerminating
        && !(pod.Object.Spec["schedulingGates"]?.Items.Count > 0)
        && !_bookings.Contains(pod.Uid);

    private PodRequirements RequirementsOf(ApiObject pod) =>
        _requirements.Get(pod.Spec, pod.Controller?.Uid ?? pod.Uid);

    /// <summary>Sets the timers that there is work for.</summary>
    private void Wake(Outbox outbox)
    {
        if (!_nodeInformer.HasSynced || !_podInformer.HasSynced)
        {
            return;
        }

        if (_queue.ActiveCount > 0 && !_cycleTimer.IsArmed)
        {
            _cycleTimer.Arm(Self, CycleTimer, outbox.Now + _options.CycleCost, outbox);
        }

        if (_queue.NextBackoffEnd is SimTime end && !(_backoffTimer.IsArmed && _backoffTimer.Deadline <= end))
        {
            _backoffTimer.Arm(Self, BackoffTimer, end < outbox.Now ? outbox.Now : end, outbox);
        }

        if (_queue.UnschedulableCount > 0 && !_flushTimer.IsArmed)
        {
            _flushTimer.Arm(Self, FlushTimer, outbox.Now + _options.UnschedulableFlushPeriod, outbox);
        }
    }

    private void ScheduleOne(Outbox outbox)
    {
        if (_queue.Pop() is not { } pod)
        {
            return;
        }

        SchedulingAlgorithm algorithm = _algorithm
            ?? throw new InvalidOperationException($"{Self} was not started.");
        NodeEntry? node = algorithm.Schedule(pod, _nodes, _diagnosis);
        if (node is null)
        {
            Refuse(pod, _diagnosis.Message(), _diagnosis.AwaitedEvents, outbox);
            return;
        }

        _bookings.Assume(pod.Uid, pod.Requirements, node);
        Status status = RunToBind(pod, node, algorithm.State, outbox);
        if (!status.IsSuccess)
        {
            GiveBack(pod, node);
            Refuse(pod, string.Join(", ", status.Reasons), ClusterEvents.All, outbox);
        }
    }

    private Status RunToBind(QueuedPod pod, NodeEntry node, CycleState state, Outbox outbox)
    {
        foreach (IReservePlugin plugin in _profile.Reserve)
        {
            if (plugin.Reserve(state, pod, node) is { IsSuccess: false } refused)
            {
                return refused;
            }
        }

        foreach (IPermitPlugin plugin in _profile.Permit)
        {
            if (plugin.Permit(state, pod, node) is { IsSuccess: false } refused)
            {
                return refused;
            }
        }

        foreach (IPreBindPlugin plugin in _profile.PreBind)
        {
            if (plugin.PreBind(state, pod, node) is { IsSuccess: false } refused)
            {
                return refused;
            }
        }

        _bindOutbox = outbox;
        Status bound = Status.Skip;
        foreach (IBindPlugin plugin in _profile.Bind)
        {
            bound = plugin.Bind(state, pod, node, this);
            if (bound.Code != StatusCode.Skip)
            {
                break;
            }
        }

        _bindOutbox = null;
        return bound;
    }

    /// <summary>The API server answered a binding.</summary>
    private void Bound(QueuedPod pod, NodeEntry node, ApiResponse response, Outbox outbox)
    {
        bool waiting = ReferenceEquals(_queue.Find(pod.Key), pod);
        if (response.Succeeded)
        {
            if (waiting)
            {
                _queue.Remove(pod);
            }

            foreach (IPostBindPlugin plugin in _profile.PostBind)
            {
                plugin.PostBind(pod, node);
            }
        }
        else if (GiveBack(pod, node))
        {
            _queue.Move(ClusterEvents.AssignedPodDelete, outbox.Now);
            if (waiting && response.Error!.IsNotFound) // Failed, so there is an error.
            {
                _queue.Remove(pod);
            }
            else if (waiting)
            {
                _queue.AddBackoff(pod, outbox.Now);
            }
        }

        Wake(outbox);
    }

    private bool GiveBack(QueuedPod pod, NodeEntry node)
    {
        foreach (IReservePlugin plugin in _profile.Reserve)
        {
            plugin.Unreserve(pod, node);
        }

        return _bookings.Forget(pod.Uid);
    }

    private void Refuse(QueuedPod pod, string message, ClusterEvents awaited, Outbox outbox)
    {
        _queue.AddUnschedulable(pod, awaited, outbox.Now);
        if (pod.Priority > 0 && PodView.Of(pod.Pod).PreemptionPolicy != "Never")
        {
            NoteUnsupported([PreemptionField], outbox);
        }

        if (PodScheduledCondition.Patch(pod.Pod, message, outbox.Now) is { } patch)
        {
            _client.Patch(ResourceTypes.Pods, pod.Key, PatchType.Strategic, patch, outbox, status: true);
        }
    }

    private void NoteUnsupported(IReadOnlyList<string> fields, Outbox outbox)
    {
        foreach (string field in fields)
        {
            if (_unsupported.Add(field))
            {
                outbox.Journal.Write(new JournalEntry
                {
                    TimeNanoseconds = outbox.Now.Nanoseconds,
                    Actor = Self,
                    Kind = JournalKind.Note,
                    Subject = $"scheduler: not supported and ignored: {field}",
                });
            }
        }
    }
}
