using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Cni;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>A kubelet's pods, from their arrival to their end.</summary>
/// <remarks>
/// Source: kubernetes pkg/kubelet (pod_workers.go, kuberuntime). A pod's start writes its status once; its end deletes
/// the object. Left out: probes, restarts, hooks but <c>preStop.sleep</c>, volumes, hostPort's port mapping, events.
/// </remarks>
internal sealed class PodLifecycle
{
    /// <summary>From AddVeth until the pod's end of it can be configured.</summary>
    private static readonly SimDuration CniDuration = SimDuration.FromMilliseconds(1);

    /// <summary>After a call of the API or the CNI plugin failed.</summary>
    private static readonly SimDuration RetryPeriod = SimDuration.FromSeconds(1);

    private readonly ActorRef _self;
    private readonly ActorRef _host;
    private readonly ApiClient _client;
    private readonly KubeletOptions _options;
    private readonly Func<PodView, ContainerView, Program> _programs;
    private readonly HostLocalIpam _ipam;
    private readonly PodAdmission _admission;
    private readonly PodCgroups _cgroups;
    private readonly Dictionary<string, PodWorker> _workers = new(StringComparer.Ordinal);

    public PodLifecycle(
        ActorRef self, ActorRef host, ApiClient client, KubeletOptions options, Cidr podCidr, PodCgroups cgroups,
        Func<PodView, ContainerView, Program> programs)
    {
        _self = self;
        _host = host;
        _client = client;
        _options = options;
        _programs = programs;
        _cgroups = cgroups;
        _ipam = new HostLocalIpam(podCidr);
        _admission = new PodAdmission(options.Reserved.ForScheduling(options.Capacity));
    }

    /// <summary>How many pods have something on the node.</summary>
    public int Count => _workers.Count;

    /// <summary>A pod of this node, new or changed.</summary>
    public void Take(ApiObject @object, Outbox outbox)
    {
        PodView pod = PodView.Of(@object);
        if (_workers.TryGetValue(pod.Uid, out PodWorker? worker))
        {
            worker.Pod = pod;
            if (pod.IsTerminating && worker.Stage < PodStage.Stopping)
            {
                Stop(worker, outbox);
            }
        }
        else if (pod.IsTerminating)
        {
            // Nothing of it is here: only the object waits for the kubelet's word.
            _workers.Add(pod.Uid, new PodWorker(pod, outbox.Now) { Stage = PodStage.Stopped });
            Delete(_workers[pod.Uid], outbox);
        }
        else if (!pod.IsTerminal)
        {
            Admit(pod, outbox);
        }
    }

    /// <summary>A pod's object is gone: whatever is left of it ends at once.</summary>
    public void Forget(ApiObject @object, Outbox outbox)
    {
        if (!_workers.Remove(@object.Uid, out PodWorker? worker))
        {
            return;
        }

        if (worker.Stage < PodStage.Stopping)
        {
            Kill(worker, outbox);
        }

        if (worker.Stage is not (PodStage.Stopped or PodStage.Rejected))
        {
            Remove(worker, outbox);
        }
    }

    /// <summary>A namespace that was asked for exists.</summary>
    public void Take(NamespaceCreated created, Outbox outbox)
    {
        if (!_workers.TryGetValue(created.Uid, out PodWorker? worker) || worker.Stage != PodStage.Sandbox)
        {
            outbox.Send(_host, new DeleteNamespace(created.Name, created.Uid));
            return;
        }

        worker.Namespace = created.Namespace;
        worker.Stage = PodStage.Network;
        Attach(worker, outbox);
    }

    /// <summary>It is time for a pod's next step.</summary>
    public void Take(PodStep step, Outbox outbox)
    {
        if (!_workers.TryGetValue(step.Uid, out PodWorker? worker))
        {
            return;
        }

        switch (step.Step)
        {
            case PodStepKind.Attach when worker.Stage == PodStage.Network:
                Attach(worker, outbox);
                break;
            case PodStepKind.Configure when worker.Stage == PodStage.Network:
                Configure(worker, outbox);
                break;
            case PodStepKind.Start when worker.Stage is PodStage.Sandbox or PodStage.Network:
                Later(worker, PodStepKind.Start, RetryPeriod, outbox);
                break;
            case PodStepKind.Start when worker.Stage == PodStage.Ready:
                Start(worker, outbox);
                break;
            case PodStepKind.Report when worker is { Stage: < PodStage.Stopping, Unwritten: { } status }:
                Write(worker, status, outbox);
                break;
            case PodStepKind.Kill when worker.Stage == PodStage.Stopping:
                Kill(worker, outbox);
                Later(worker, PodStepKind.Remove, _options.StopDuration, outbox);
                break;
            case PodStepKind.Remove when worker.Stage == PodStage.Stopping:
                Remove(worker, outbox);
                worker.Stage = PodStage.Stopped;
                Delete(worker, outbox);
                break;
            case PodStepKind.Delete when worker.Stage == PodStage.Stopped:
                Delete(worker, outbox);
                break;
        }
    }

    private void Admit(PodView pod, Outbox outbox)
    {
        var worker = new PodWorker(pod, outbox.Now);
        _workers.Add(pod.Uid, worker);
        if (_admission.Admit(pod) is { } rejection)
        {
            worker.Stage = PodStage.Rejected;
            Write(worker, PodStatus.Rejected(pod, rejection, outbox.Now), outbox);
            return;
        }

        _cgroups.Add(pod, outbox);
        if (pod.HostNetwork)
        {
            worker.Namespace = _host;
            worker.Stage = PodStage.Ready;
        }
        else
        {
            worker.Stage = PodStage.Sandbox;
            outbox.Send(_host, new CreateNamespace(NamespaceName(pod), pod.Uid, _self));
        }

        Later(worker, PodStepKind.Start, _options.StartDuration + Spread(pod), outbox);
    }

    private void Attach(PodWorker worker, Outbox outbox)
    {
        ApiObject pod = worker.Pod.Object;
        const string annotation = BridgePlugin.AddressAnnotation;
        string? problem = BridgePlugin.TryWantedAddress(pod, out IPv4Address? wanted)
            ? null
            : $"annotation {annotation}: '{pod.Annotations[annotation]}' is no address";
        if (problem is not null || !_ipam.TryAllocate(pod.Uid, wanted, out IPv4Address address, out problem))
        {
            string message = $"Failed to create pod sandbox: plugin type=\"bridge\" failed (add): {problem}";
            Write(
                worker,
                PodStatus.Waiting(worker.Pod, _options.NodeAddress, worker.StartTime, message, outbox.Now), outbox);
            Later(worker, PodStepKind.Attach, RetryPeriod * 10, outbox);
            return;
        }

        worker.Attachment = BridgePlugin.Attach(pod, address);
        ActorRef @namespace = worker.Namespace!; // Set when it was created, which comes before.
        outbox.Send(_host, BridgePlugin.Veth(worker.Attachment, @namespace, _options.Network));
        Later(worker, PodStepKind.Configure, CniDuration, outbox);
    }

    private void Configure(PodWorker worker, Outbox outbox)
    {
        if (worker is not { Namespace: { } @namespace, Attachment: { } attachment })
        {
            return;
        }

        foreach (NetlinkMessage message in BridgePlugin.Configure(attachment, _ipam.Block, _options.Network))
        {
            outbox.Send(@namespace, message);
        }

        foreach (Message message in _options.NamespaceSetup?.Invoke(worker.Pod) ?? [])
        {
            outbox.Send(@namespace, message);
        }

        worker.Stage = PodStage.Ready;
    }

    private void Start(PodWorker worker, Outbox outbox)
    {
        worker.Stage = PodStage.Running;
        worker.RunningSince = outbox.Now;
        foreach (ContainerView container in Runs(worker.Pod))
        {
            outbox.Send(
                worker.Namespace!, // A pod that is ready has its namespace.
                PodCgroups.Place(
                    ProcessName(worker.Pod, container), _programs(worker.Pod, container), worker.Pod, container,
                    _options.Capacity["memory"].Value));
        }

        Report(worker, outbox);
    }

    private void Report(PodWorker worker, Outbox outbox) => Write(
        worker,
        PodStatus.Running(
            worker.Pod, _options.NodeAddress, worker.Attachment?.Address ?? _options.NodeAddress, worker.StartTime,
            worker.RunningSince ?? outbox.Now),
        outbox);

    private void Stop(PodWorker worker, Outbox outbox)
    {
        if (worker.Stage == PodStage.Rejected)
        {
            worker.Stage = PodStage.Stopped;
            Delete(worker, outbox);
            return;
        }

        long grace = worker.Pod.Object.DeletionGracePeriodSeconds ?? worker.Pod.TerminationGracePeriodSeconds;
        long sleep = worker.RunningSince is null ? 0 : worker.Pod.Containers.Max(PreStopSeconds);
        worker.Stage = PodStage.Stopping;
        Later(worker, PodStepKind.Kill, SimDuration.FromSeconds(Math.Min(sleep, grace)), outbox);
    }

    private static void Kill(PodWorker worker, Outbox outbox)
    {
        if (worker.RunningSince is null)
        {
            return;
        }

        foreach (ContainerView container in Runs(worker.Pod))
        {
            outbox.Send(worker.Namespace!, new KillProcess(ProcessName(worker.Pod, container))); // It runs somewhere.
        }
    }

    private void Remove(PodWorker worker, Outbox outbox)
    {
        if (!worker.Pod.HostNetwork && worker.Namespace is not null)
        {
            outbox.Send(_host, new DeleteNamespace(NamespaceName(worker.Pod), worker.Pod.Uid));
        }

        _cgroups.Remove(worker.Pod, outbox);
        _ipam.Release(worker.Pod.Uid);
        _admission.Release(worker.Pod);
    }

    private void Delete(PodWorker worker, Outbox outbox) => _client.Delete(
        ResourceTypes.Pods, worker.Pod.Object.Key, outbox,
        (response, later) =>
        {
            if (response.Error is { IsTimeout: true })
            {
                Later(worker, PodStepKind.Delete, RetryPeriod, later);
            }
        },
        gracePeriodSeconds: 0, uid: worker.Pod.Uid);

    private void Write(PodWorker worker, JsonObject status, Outbox outbox)
    {
        worker.Unwritten = status;
        _client.Patch(
            ResourceTypes.Pods, worker.Pod.Object.Key, PatchType.Merge,
            JsonObject.Of(("metadata", JsonObject.Of(("uid", worker.Pod.Uid))), ("status", status)), outbox,
            (response, later) => Written(worker, status, response, later), status: true);
    }

    private void Written(PodWorker worker, JsonObject status, ApiResponse response, Outbox outbox)
    {
        if (!ReferenceEquals(worker.Unwritten, status))
        {
            return;
        }

        if (response.Error is { IsTimeout: true })
        {
            Later(worker, PodStepKind.Report, RetryPeriod, outbox);
            return;
        }

        worker.Unwritten = null;
        if (response.Error is { IsNotFound: false, IsConflict: false } error)
        {
            throw new InvalidOperationException($"{_self}: status of {worker.Pod.Object}: {error.Message}");
        }
    }

    private void Later(PodWorker worker, PodStepKind step, SimDuration delay, Outbox outbox) =>
        outbox.Send(_self, new PodStep(worker.Pod.Uid, step), delay.Nanoseconds);

    /// <summary>What of a pod is a process: its containers and sidecars; other init containers have ended by
    /// then.</summary>
    private static IEnumerable<ContainerView> Runs(PodView pod) =>
        pod.InitContainers.Where(c => c.RestartPolicy == "Always").Concat(pod.Containers);

    private static string NamespaceName(PodView pod) => $"{pod.Namespace}/{pod.Name}";

    /// <summary>In the node's own namespace the processes of several pods must not be mixed up.</summary>
    private static string ProcessName(PodView pod, ContainerView container) =>
        pod.HostNetwork ? $"{NamespaceName(pod)}/{container.Name}" : container.Name;

    private static long PreStopSeconds(ContainerView container) =>
        container.Json.At("lifecycle", "preStop", "sleep", "seconds")?.AsInt64 ?? 0;

    private SimDuration Spread(PodView pod) => new(_options.StartSpread.Nanoseconds <= 0
        ? 0
        : (long)(StableHash.Of(pod.Uid) % (ulong)_options.StartSpread.Nanoseconds));
}
