namespace Emulator.Kubernetes.ApiServer;

/// <summary>
/// How long the API takes, beside the wires. A request is decided when it arrives; the answer leaves later.
/// </summary>
/// <param name="ProcessingNanoseconds">From a request's arrival to its answer's departure, and from a change to its
/// watch events' departure. Default 200 µs. Above 0.</param>
/// <param name="LoopbackNanoseconds">One way between a client and the API server on one machine. Default 50 µs. Above
/// 0.</param>
/// <remarks>The rate of requests is not limited, and requests do not slow each other down.</remarks>
public sealed record ApiLatency(long ProcessingNanoseconds = 200_000, long LoopbackNanoseconds = 50_000)
{
    /// <summary>200 µs and 50 µs.</summary>
    public static readonly ApiLatency Default = new();
}
