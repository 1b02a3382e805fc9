using Emulator.Core.Actors;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>What a kubelet sends itself when it is time for a pod's next step.</summary>
/// <param name="Uid">The pod.</param>
/// <param name="Step">What to do.</param>
internal sealed record PodStep(string Uid, PodStepKind Step) : Message;

/// <summary>A pod's steps that wait for their time.</summary>
internal enum PodStepKind : byte
{
    /// <summary>Ask the CNI plugin again.</summary>
    Attach,

    /// <summary>The veth is there: addresses and routes.</summary>
    Configure,

    /// <summary>Start the containers.</summary>
    Start,

    /// <summary>Write the status again.</summary>
    Report,

    /// <summary>End the processes.</summary>
    Kill,

    /// <summary>End the namespace.</summary>
    Remove,

    /// <summary>Delete the object.</summary>
    Delete,
}
