namespace Emulator.Client.Requests;

/// <summary>What <c>emulator fuzz</c> was asked for.</summary>
internal sealed record FuzzRequest
{
    /// <summary>The seed of all cases.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many frames all cases together send at least.</summary>
    public required long Frames { get; init; }

    /// <summary>How many frames the sources of one case send of their own accord.</summary>
    public required int FramesPerCase { get; init; }

    /// <summary>The numbers of shards that must agree.</summary>
    public required IReadOnlyList<int> Shards { get; init; }

    /// <summary>Cases run side by side.</summary>
    public required int Threads { get; init; }

    /// <summary>After so many seconds no further case begins; 0 sets no limit.</summary>
    public int Seconds { get; init; }

    /// <summary>The only case to run; null runs as many as it takes.</summary>
    public int? Case { get; init; }

    /// <summary>Table or Json.</summary>
    public OutputFormat Format { get; init; }
}
