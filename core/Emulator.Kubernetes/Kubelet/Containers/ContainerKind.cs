namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>What a container is to its pod.</summary>
public enum ContainerKind : byte
{
    /// <summary>Does its work before the others start, and ends.</summary>
    Init,

    /// <summary>An init container with <c>restartPolicy: Always</c>: starts in its turn, runs beside the
    /// others.</summary>
    Sidecar,

    /// <summary>One of <c>spec.containers</c>.</summary>
    Main,
}
