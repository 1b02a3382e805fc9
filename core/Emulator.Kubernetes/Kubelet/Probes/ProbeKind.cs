namespace Emulator.Kubernetes.Kubelet.Probes;

/// <summary>What a probe is for.</summary>
public enum ProbeKind : byte
{
    /// <summary>Whether the container is up; until then the others are not asked. Failing, it is killed.</summary>
    Startup,

    /// <summary>Whether it takes traffic.</summary>
    Readiness,

    /// <summary>Whether it is alive. Failing, it is killed.</summary>
    Liveness,
}
