namespace Emulator.Client.Requests;

/// <summary>What <c>emulator demo</c> was asked for.</summary>
internal sealed record DemoRequest
{
    /// <summary>The seed of all dice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Where it runs.</summary>
    public required EngineRequest Engine { get; init; }

    /// <summary>The capture file to write, or null.</summary>
    public required string? Pcap { get; init; }

    /// <summary>Where spans go, or null.</summary>
    public required Uri? Otlp { get; init; }
}
