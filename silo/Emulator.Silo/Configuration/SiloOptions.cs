using System.Net;

namespace Emulator.Silo.Configuration;

/// <summary>Which engine the process hosts.</summary>
internal enum EngineKind
{
    /// <summary>One silo of a cluster of Orleans silos.</summary>
    Orleans,

    /// <summary>The whole run in this process.</summary>
    Process,
}

/// <summary>How silos find each other.</summary>
internal enum ClusteringKind
{
    /// <summary>In the memory of the first silo: for development, on one machine. It ends with that silo.</summary>
    Localhost,

    /// <summary>In a table of a PostgreSQL database.</summary>
    Postgres,
}

/// <summary>What a silo needs to know to start: its options, read and checked.</summary>
internal sealed record SiloOptions
{
    /// <summary>The engine.</summary>
    public EngineKind Engine { get; init; } = EngineKind.Orleans;

    /// <summary>How silos find each other.</summary>
    public ClusteringKind Clustering { get; init; } = ClusteringKind.Localhost;

    /// <summary>The PostgreSQL connection string; null exactly where clustering is not by PostgreSQL.</summary>
    public string? Connection { get; init; }

    /// <summary>Silos with equal ids form a cluster.</summary>
    public string ClusterId { get; init; } = "emulator";

    /// <summary>The service's id; it outlives clusters.</summary>
    public string ServiceId { get; init; } = "emulator";

    /// <summary>Where other silos connect, 1 to 65535.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>Where clients connect, 1 to 65535.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Where metrics, health and pages are served, 1 to 65535; 0 takes a free one (for tests).</summary>
    public int HttpPort { get; init; } = 8081;

    /// <summary>The address that others are told to use; null for this machine's first own address.</summary>
    public IPAddress? Advertised { get; init; } = IPAddress.Loopback;

    /// <summary>The first silo, where silos find each other in its memory; null when it is this one.</summary>
    public DnsEndPoint? Primary { get; init; }

    /// <summary>The silo's name in lists and logs.</summary>
    public string Name { get; init; } = "silo";

    /// <summary>Whether others than this machine's programs may connect.</summary>
    public bool ListensToOthers => Advertised is null || !IPAddress.IsLoopback(Advertised);
}
