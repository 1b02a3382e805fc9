using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Cni;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Makes and removes pods' sandboxes: network namespace, veth, address.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kuberuntime/kuberuntime_sandbox.go and the CNI bridge plugin.</remarks>
internal sealed class PodSandboxes(PodSurroundings around, Cidr podCidr)
{
    /// <summary>From AddVeth until the pod's end of it can be configured.</summary>
    private static readonly SimDuration CniDuration = SimDuration.FromMilliseconds(1);

    /// <summary>After the CNI plugin failed.</summary>
    private static readonly SimDuration RetryPeriod = SimDuration.FromSeconds(10);

    private readonly HostLocalIpam _ipam = new(podCidr);

    /// <summary>Asks for a pod's namespace.</summary>
    public void Create(PodWorker worker, Outbox outbox)
    {
        if (worker.Pod.HostNetwork)
        {
            worker.Namespace = around.Host;
            worker.Stage = PodStage.Ready;
            return;
        }

        worker.Stage = PodStage.Sandbox;
        outbox.Send(
            around.Host,
            new CreateNamespace(PodSurroundings.NamespaceName(worker.Pod), worker.Pod.Uid, around.Self));
    }

    /// <summary>The namespace is there: the CNI plugin's turn.</summary>
    public void Created(PodWorker worker, ActorRef @namespace, Outbox outbox)
    {
        worker.Namespace = @namespace;
        worker.Stage = PodStage.Network;
        outbox.Send(@namespace, new ReportExits(around.Self));
        Attach(worker, outbox);
    }

    /// <summary>Gives a pod its address and its veth, or says in <see cref="PodWorker.SandboxProblem"/> why
    /// not.</summary>
    public void Attach(PodWorker worker, Outbox outbox)
    {
        ApiObject pod = worker.Pod.Object;
        const string annotation = BridgePlugin.AddressAnnotation;
        string? problem = BridgePlugin.TryWantedAddress(pod, out IPv4Address? wanted)
            ? null
            : $"annotation {annotation}: '{pod.Annotations[annotation]}' is no address";
        if (problem is not null || !_ipam.TryAllocate(pod.Uid, wanted, out IPv4Address address, out problem))
        {
            worker.SandboxProblem =
                $"Failed to create pod sandbox: plugin type=\"bridge\" failed (add): {problem}";
            around.Later(worker, PodStepKind.Attach, RetryPeriod.Nanoseconds, outbox);
            return;
        }

        worker.SandboxProblem = null;
        worker.Attachment = BridgePlugin.Attach(pod, address);
        ActorRef @namespace = worker.Namespace!; // Set when it was created, which comes before.
        outbox.Send(around.Host, BridgePlugin.Veth(worker.Attachment, @namespace, around.Options.Network));
        around.Later(worker, PodStepKind.Configure, CniDuration.Nanoseconds, outbox);
    }

    /// <summary>The veth is there: addresses, routes, resolver.</summary>
    public void Configure(PodWorker worker, Outbox outbox)
    {
        if (worker is not { Namespace: { } @namespace, Attachment: { } attachment })
        {
            return;
        }

        foreach (NetlinkMessage message in BridgePlugin.Configure(attachment, _ipam.Block, around.Options.Network))
        {
            outbox.Send(@namespace, message);
        }

        foreach (Message message in around.Options.NamespaceSetup?.Invoke(worker.Pod) ?? [])
        {
            outbox.Send(@namespace, message);
        }

        worker.Stage = PodStage.Ready;
    }

    /// <summary>Ends a pod's namespace and frees its address.</summary>
    public void Remove(PodWorker worker, Outbox outbox)
    {
        if (!worker.Pod.HostNetwork && worker.Namespace is not null)
        {
            outbox.Send(
                around.Host,
                new DeleteNamespace(PodSurroundings.NamespaceName(worker.Pod), worker.Pod.Uid));
        }

        _ipam.Release(worker.Pod.Uid);
    }
}
