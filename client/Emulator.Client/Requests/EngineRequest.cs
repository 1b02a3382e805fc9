namespace Emulator.Client.Requests;

/// <summary>Which engine a run was asked for.</summary>
internal sealed record EngineRequest
{
    /// <summary>One shard in this process.</summary>
    public static readonly EngineRequest Default = new();

    /// <summary>How many shards; null for one in this process, and one a zone on silos.</summary>
    public int? Shards { get; init; }

    /// <summary>A silo's gateway as <c>HOST:PORT</c>; null runs in this process.</summary>
    public string? Silo { get; init; }

    /// <summary>On silos, whether shards call the actors' state machines themselves and not through their
    /// grains.</summary>
    public bool LocalDelivery { get; init; }
}
