using Emulator.Core.Time;

namespace Emulator.Cluster.Traffic;

/// <summary>What a <c>Traffic</c> document describes: exchanges at a steady rate.</summary>
public sealed record TrafficSpec
{
    /// <summary>The document's name, for reports.</summary>
    public required string Name { get; init; }

    /// <summary>Who starts them.</summary>
    public required TrafficSource From { get; init; }

    /// <summary>Whom they are for.</summary>
    public required TrafficTarget To { get; init; }

    /// <summary>The time between the starts of two exchanges: one second over the rate, rounded down to the
    /// nanosecond.</summary>
    public required SimDuration Interval { get; init; }

    /// <summary>When the first starts, counted from when the cluster has settled. Default at once.</summary>
    public required SimDuration Start { get; init; }

    /// <summary>For how long exchanges start; null until the run's end.</summary>
    public required SimDuration? Duration { get; init; }

    /// <summary>How long an exchange may take. Default 5 s.</summary>
    public required SimDuration Timeout { get; init; }

    /// <summary>Bytes of a request; for HTTP, of its body. Null is 64 for TCP and UDP, 56 for ICMP, none for
    /// HTTP.</summary>
    public required int? RequestBytes { get; init; }

    /// <summary>Bytes of a reply that a raw exchange asks for; null is as many as the request has. Elsewhere the server
    /// decides.</summary>
    public required int? ReplyBytes { get; init; }
}
