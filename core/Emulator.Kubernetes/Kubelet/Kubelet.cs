using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Kubelet.Eviction;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>
/// A node's kubelet: registers the Node, says that it lives, and runs the pods that are bound to it.
/// </summary>
/// <remarks>
/// Source: kubernetes pkg/kubelet. Pods wait until the Node has its pod CIDR. The Lease is renewed every
/// <see cref="LeaseRenewPeriod"/>, the first time at a moment of the node's own so that nodes do not beat in step; the
/// Node's status is written every <see cref="NodeStatusPeriod"/>, and with the next heartbeat when somebody set it to
/// not ready or its conditions are others than the node's. When the machine is off, the kubelet hears nothing any more.
/// In: what its API client hears, <see cref="NamespaceCreated"/>, its own timers. Out: netlink and process messages to
/// the node and its pods' namespaces, cgroup messages, API requests.
/// </remarks>
public sealed class Kubelet : Actor
{
    /// <summary>Between two renewals of the Lease.</summary>
    public static readonly SimDuration LeaseRenewPeriod = SimDuration.FromSeconds(10);

    /// <summary>Between two writes of an unchanged Node status.</summary>
    public static readonly SimDuration NodeStatusPeriod = SimDuration.FromSeconds(300);

    private readonly ActorRef _host;
    private readonly KubeletOptions _options;
    private readonly Func<PodView, ContainerView, Program> _programs;
    private readonly ApiClient _client;
    private readonly Informer _pods;
    private readonly Informer _nodes;
    private readonly PodCgroups _cgroups;
    private PodLifecycle? _lifecycle;
    private NodePressure? _pressure;
    private NodeShutdown? _shutdown;
    private StaticPods? _static;
    private bool _isOff;
    private SimTime _statusWrittenAt;
    private bool _registering;
    private bool _beating;

    /// <summary>A kubelet.</summary>
    /// <param name="self">The actor's address.</param>
    /// <param name="host">The root of its machine: the node's kernel.</param>
    /// <param name="apiServer">The API server.</param>
    /// <param name="options">Its configuration.</param>
    /// <param name="programs">What each container runs; asked once a start.</param>
    /// <param name="cgroups">The machine's cgroups, or null where nobody looks at them.</param>
    /// <exception cref="ArgumentException">More is reserved than the machine has.</exception>
    public Kubelet(
        ActorRef self, ActorRef host, ActorRef apiServer, KubeletOptions options,
        Func<PodView, ContainerView, Program> programs, ActorRef? cgroups = null)
        : base(self)
    {
        if (options.Reserved.Overbooked(options.Capacity) is { } resource)
        {
            throw new ArgumentException(
                $"{options.NodeName}: more {resource} is reserved than the node's {options.Capacity[resource]}; "
                + "reserve less.");
        }

        _host = host;
        _options = options;
        _programs = programs;
        _cgroups = new PodCgroups(
            cgroups, options.CpuWeights,
            options.HasStaticCpus ? new StaticCpus((int)options.Capacity["cpu"].Value) : null, options.PodPidsLimit);
        _client = new ApiClient(self, host, apiServer);
        _nodes = _client.Inform(ResourceTypes.Nodes, ListScope.ByName(options.NodeName));
        _nodes.OnBatchEnd = NodeChanged;
        _pods = _client.Inform(ResourceTypes.Pods, ListScope.OnNode(options.NodeName));
        _pods.OnAdd = Take;
        _pods.OnUpdate = (_, pod, outbox) => Take(pod, outbox);
        _pods.OnDelete = Forget;
    }

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox)
    {
        _cgroups.Start(_options.Reserved.ForEnforcement(_options.Capacity), outbox);
        _client.Start(outbox);
        if (_options.ShutdownAt is { } shutdown)
        {
            outbox.Send(Self, new ShutDown(), shutdown.Nanoseconds);
        }
    }

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        if (_isOff || _client.Handle(message, outbox))
        {
            return;
        }

        switch (message)
        {
            case NamespaceCreated created:
                _lifecycle?.Take(created, outbox);
                break;
            case ProcessExited exited:
                _lifecycle?.Take(exited, outbox);
                break;
            case ExchangeCompleted completed:
                _lifecycle?.Take(completed, outbox);
                break;
            case PodStep step:
                _lifecycle?.Take(step, outbox);
                break;
            case Heartbeat:
                Beat(outbox);
                break;
            case TimerMessage { Purpose: NodePressure.Timer } timer:
                _pressure?.Take(timer, outbox);
                break;
            case TimerMessage timer:
                _shutdown?.Take(timer, outbox);
                break;
            case ShutDown:
                BeginShutdown(outbox);
                break;
            case UsagePassed passed:
                _pressure?.Take(passed, outbox);
                break;
            case UsageReport report:
                _pressure?.Take(report, outbox);
                break;
            case SystemOom oom:
                _pressure?.Take(oom, outbox);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{Self}: {message.GetType().Name}");
        }
    }

    private void Take(ApiObject pod, Outbox outbox)
    {
        if (StaticPods.IsMirror(pod))
        {
            _static?.Take(pod, outbox);
        }
        else
        {
            _lifecycle?.Take(pod, outbox);
        }
    }

    private void Forget(ApiObject pod, Outbox outbox)
    {
        if (StaticPods.IsMirror(pod))
        {
            _static?.Forget(pod, outbox);
        }
        else
        {
            _lifecycle?.Forget(pod, outbox);
        }
    }

    private void BeginShutdown(Outbox outbox)
    {
        if (_shutdown is null)
        {
            _isOff = true; // It is off before it ran anything.
            return;
        }

        _shutdown.Begin(outbox);
        if (!_isOff && Node is { } node)
        {
            WriteNodeStatus(node, outbox);
        }
    }

    private Rejection? Refuse(PodWorker worker) => _shutdown is { HasBegun: true }
        ? new Rejection("NodeShutdown", "Pod was rejected: Pod was rejected as the node is shutting down.")
        : PressureAdmission.Of(worker.Pod, worker.IsStatic, Pressures);

    private IReadOnlyList<string> Pressures => _pressure?.Conditions ?? [];

    private ApiObject? Node => _nodes.Find("", _options.NodeName);

    private void NodeChanged(Outbox outbox)
    {
        if (Node is not { } node)
        {
            Register(outbox);
            return;
        }

        if (!_beating)
        {
            _beating = true;
            _statusWrittenAt = outbox.Now;
            RenewLease(outbox);
            uint first = Dice("heartbeat").NextBelow((uint)(LeaseRenewPeriod.Nanoseconds / 1_000_000));
            outbox.Send(Self, new Heartbeat(), SimDuration.FromMilliseconds(1 + first).Nanoseconds);
            if (node.Status.Find("capacity") is null)
            {
                WriteNodeStatus(node, outbox);
            }
        }

        _static?.NodeIsThere(outbox);
        if (_lifecycle is null && NodeView.Of(node).PodCidr is Cidr block)
        {
            var around = new PodSurroundings(
                Self, _host, _client, _options, _programs, _cgroups, new EventRecorder(_client, _options.NodeName));
            _lifecycle = new PodLifecycle(around, block, outbox);
            _lifecycle.Closed = Refuse;
            _pressure = new NodePressure(around, _lifecycle, outbox);
            _shutdown = new NodeShutdown(around, _lifecycle, () => _isOff = true);
            _static = new StaticPods(around, _lifecycle, () => Node);
            _static.Start(_options.StaticPods, outbox);
            foreach (ApiObject pod in _pods.Objects.ToArray())
            {
                Take(pod, outbox);
            }
        }
    }

    private void Register(Outbox outbox)
    {
        if (_registering || _beating)
        {
            return; // Under way; and a Node that somebody deleted comes back with the kubelet's restart only.
        }

        _registering = true;
        _client.Create(NodeObject.Registration(_options, outbox.Now), outbox, (response, later) =>
        {
            _registering = false;
            if (response.Error is { IsTimeout: true })
            {
                Register(later);
            }
            else if (response.Error is { Reason: not "AlreadyExists" } error)
            {
                throw new InvalidOperationException($"{Self}: registration: {error.Message}");
            }
        });
    }

    private void Beat(Outbox outbox)
    {
        outbox.Send(Self, new Heartbeat(), LeaseRenewPeriod.Nanoseconds);
        if (Node is not { } node)
        {
            return;
        }

        RenewLease(outbox);
        bool due = outbox.Now >= _statusWrittenAt + NodeStatusPeriod;
        if (due || NodeView.Of(node).Ready is not { IsTrue: true }
            || !NodeObject.HasPressures(node.Status, Pressures))
        {
            WriteNodeStatus(node, outbox);
        }
    }

    private void RenewLease(Outbox outbox) => _client.Patch(
        ResourceTypes.Leases, new ObjectKey(NodeObject.LeaseNamespace, _options.NodeName), PatchType.Merge,
        NodeObject.Renewal(outbox.Now), outbox,
        (response, later) =>
        {
            if (response.Error is { IsNotFound: true } && Node is { } node)
            {
                _client.Create(NodeObject.Lease(_options.NodeName, node.Uid, later.Now), later);
            }
        });

    private void WriteNodeStatus(ApiObject node, Outbox outbox)
    {
        _statusWrittenAt = outbox.Now;
        JsonObject status = NodeObject.Status(
            _options, node.Status, outbox.Now, Pressures,
            _shutdown is { HasBegun: true } ? "node is shutting down" : null);
        _client.Patch(
            ResourceTypes.Nodes, node.Key, PatchType.Merge, JsonObject.Of(("status", status)), outbox, status: true);
    }

    private sealed record Heartbeat : Message;
}
