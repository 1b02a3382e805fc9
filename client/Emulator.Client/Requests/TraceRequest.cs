using Emulator.Cluster.Traffic;

namespace Emulator.Client.Requests;

/// <summary>What <c>emulator trace</c> was asked for.</summary>
internal sealed record TraceRequest
{
    /// <summary>Files and folders; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Who starts the exchange.</summary>
    public required TrafficSource From { get; init; }

    /// <summary>Whom it is for.</summary>
    public required TrafficTarget To { get; init; }

    /// <summary>Bytes of the request; null for the kind of exchange's own default.</summary>
    public required int? RequestBytes { get; init; }

    /// <summary>Bytes of the reply; null for the kind of exchange's own default.</summary>
    public required int? ReplyBytes { get; init; }

    /// <summary>The client's TTL; null for the system's.</summary>
    public required byte? TimeToLive { get; init; }

    /// <summary>Whether the client forbids fragments.</summary>
    public required bool DontFragment { get; init; }

    /// <summary>The client's port; null for any.</summary>
    public required ushort? SourcePort { get; init; }

    /// <summary>How many exchanges, one after another.</summary>
    public required int Count { get; init; }

    /// <summary>The node whose node port is used from outside; null for the first.</summary>
    public required string? Via { get; init; }

    /// <summary>The seed of all dice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Where it runs.</summary>
    public required EngineRequest Engine { get; init; }

    /// <summary>Whether each endpoint that a Service could choose is traced too.</summary>
    public required bool AllBranches { get; init; }

    /// <summary>How the trace is printed.</summary>
    public required OutputFormat Format { get; init; }

    /// <summary>The capture file to write, or null.</summary>
    public required string? Pcap { get; init; }

    /// <summary>Where spans go, or null.</summary>
    public required Uri? Otlp { get; init; }
}
