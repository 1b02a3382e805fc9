using Emulator.Core.Addresses;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer;

/// <summary>How the API server is set up.</summary>
public sealed record ApiServerOptions
{
    /// <summary>The defaults.</summary>
    public static readonly ApiServerOptions Default = new();

    /// <summary>The addresses of Services (<c>--service-cluster-ip-range</c>). Default 10.96.0.0/12.</summary>
    public Cidr ServiceCidr { get; init; } = new(IPv4Address.From(10, 96, 0, 0), 12);

    /// <summary>The least node port (<c>--service-node-port-range</c>). Default 30000.</summary>
    public int NodePortFirst { get; init; } = 30_000;

    /// <summary>The greatest node port. Default 32767.</summary>
    public int NodePortLast { get; init; } = 32_767;

    /// <summary>How long requests take.</summary>
    public ApiLatency Latency { get; init; } = ApiLatency.Default;

    /// <summary>How many writes of each type watches can resume from; 100,000 by default, at least 1.</summary>
    public int HistoryLengthMax { get; init; } = 100_000;

    /// <summary>How many events are kept; the oldest go first. Default 10,000, at least 1.</summary>
    public int EventsMax { get; init; } = 10_000;

    /// <summary>
    /// How long an event is kept (<c>--event-ttl</c>), in seconds; looked at when another is written. Default 3600.
    /// </summary>
    public int EventTtlSeconds { get; init; } = 3_600;

    /// <summary>
    /// Objects that are there from the start, in order; a fault in one is an error at start. Status is kept.
    /// </summary>
    public IReadOnlyList<ApiObject> InitialObjects { get; init; } = [];
}
