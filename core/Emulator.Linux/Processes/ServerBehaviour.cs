using Emulator.Core.Randomness;

namespace Emulator.Linux.Processes;

/// <summary>What a server costs: CPU and memory, and how many requests it works on at once.</summary>
public sealed record ServerBehaviour
{
    /// <summary>Nothing: requests are answered at once.</summary>
    public static readonly ServerBehaviour Free = new();

    /// <summary>CPU time of a request in nanoseconds, or its mean; default 0.</summary>
    public long CpuPerRequestNanoseconds { get; init; }

    /// <summary>Whether a request's CPU time is drawn from the exponential distribution; default: always the
    /// same.</summary>
    public bool IsExponential { get; init; }

    /// <summary>Workers: a connection is accepted, and a request worked on, when one is free. 0, the default, is
    /// without limit.</summary>
    public int Concurrency { get; init; }

    /// <summary>Connections that may wait to be accepted; one more SYN is dropped with <c>ListenOverflow</c>.</summary>
    public int Backlog { get; init; } = Sockets.SocketLimits.BacklogDefault;

    /// <summary>Bytes held from the start; default 0.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Bytes held while a request is worked on; default 0.</summary>
    public long MemoryPerRequestBytes { get; init; }

    /// <summary>Bytes lost a second; default 0.</summary>
    public long LeakBytesPerSecond { get; init; }

    /// <summary>Bytes lost with each request; default 0.</summary>
    public long LeakPerRequestBytes { get; init; }

    /// <summary>Bytes of files read at the start: page cache, which can be dropped; default 0.</summary>
    public long PageCacheBytes { get; init; }

    /// <summary>Threads that burn CPU for ever; default 0.</summary>
    public int BurnThreads { get; init; }

    /// <summary>CPU time of the next request.</summary>
    internal long Draw(ref RandomStream dice) => IsExponential
        ? BinaryLogarithm.Exponential(ref dice, CpuPerRequestNanoseconds)
        : CpuPerRequestNanoseconds;
}
