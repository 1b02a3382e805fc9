namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>What the runtime knows of a container when the kubelet decides.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="ExitCode">How it ended, when it did.</param>
/// <param name="IsChanged">Whether its spec is another than the one that it was started with.</param>
/// <param name="HasFailedProbe">Whether its liveness or startup probe has failed.</param>
/// <param name="IsStarted">Whether its startup probe, if any, has succeeded.</param>
public readonly record struct ContainerObservation(
    string Name, ObservedState State, int ExitCode = 0, bool IsChanged = false, bool HasFailedProbe = false,
    bool IsStarted = true);

/// <summary>A container's state in the runtime.</summary>
public enum ObservedState : byte
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has ended.</summary>
    Exited,

    /// <summary>The runtime does not know.</summary>
    Unknown,
}

/// <summary>What the runtime knows of a pod's sandbox when the kubelet decides.</summary>
/// <param name="IsReady">Whether it runs.</param>
/// <param name="HasAddress">Whether it has its address, or needs none.</param>
/// <param name="Attempt">How many were made before it.</param>
public sealed record SandboxObservation(bool IsReady, bool HasAddress, int Attempt);
