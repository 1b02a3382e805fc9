namespace Emulator.Kubernetes.Kubelet;

/// <summary>How far a pod has come on its node.</summary>
internal enum PodStage : byte
{
    /// <summary>It was not let in; nothing of it exists.</summary>
    Rejected,

    /// <summary>Its namespace is being made.</summary>
    Sandbox,

    /// <summary>Its namespace is there; the CNI plugin is at work.</summary>
    Network,

    /// <summary>It has its address; its containers start when it is time.</summary>
    Ready,

    /// <summary>Its containers run.</summary>
    Running,

    /// <summary>Its containers are about to end, or have ended.</summary>
    Stopping,

    /// <summary>Nothing of it is left but its object.</summary>
    Stopped,
}
