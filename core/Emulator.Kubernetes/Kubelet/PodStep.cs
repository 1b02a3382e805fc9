using Emulator.Core.Actors;
using Emulator.Kubernetes.Kubelet.Probes;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>What a kubelet sends itself when it is time for a pod's next step.</summary>
/// <param name="Uid">The pod.</param>
/// <param name="Step">What to do.</param>
/// <param name="Container">Which of its containers, where one is meant; else -1.</param>
/// <param name="Generation">The container's generation when the step was planned: another one makes it void.</param>
/// <param name="Probe">Which of the container's probes, where one is meant.</param>
internal sealed record PodStep(string Uid, PodStepKind Step, int Container, int Generation, ProbeKind Probe) : Message;

/// <summary>A pod's steps that wait for their time.</summary>
internal enum PodStepKind : byte
{
    /// <summary>Ask the CNI plugin again.</summary>
    Attach,

    /// <summary>The veth is there: addresses and routes.</summary>
    Configure,

    /// <summary>Start the pod's containers, in their order.</summary>
    Start,

    /// <summary>A container's image is there, or its back-off is over: start it.</summary>
    StartContainer,

    /// <summary>Ask a probe.</summary>
    Probe,

    /// <summary>Write the status again.</summary>
    Report,

    /// <summary>A container's preStop hook is over: SIGTERM.</summary>
    Terminate,

    /// <summary>A container's grace is over: SIGKILL.</summary>
    Kill,

    /// <summary>End the namespace.</summary>
    Remove,

    /// <summary>Delete the object.</summary>
    Delete,
}
