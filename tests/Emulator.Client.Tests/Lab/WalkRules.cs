namespace Emulator.Client.Tests.Lab;

/// <summary>What a comparison of walks takes into account.</summary>
/// <param name="KnownPorts">The ports (and echo identifiers) that a scenario names; others are a kernel's
/// choice.</param>
internal sealed record WalkRules(IEnumerable<int> KnownPorts)
{
    /// <summary>Whether ARP is shown on purpose; elsewhere stray unicast probes are left out.</summary>
    public bool IsCold { get; init; }

    /// <summary>Whether packets under way at once leave the order of first sight open.</summary>
    public bool Interleaves { get; init; }

    /// <summary>Whether a broadcast's copies on different wires arrive in an order of the wires' own: each host sees
    /// its copy, at its interfaces in order.</summary>
    public bool BroadcastsRace { get; init; }

    /// <summary>Whether the numbers of TCP segments count (<see cref="TcpNumbers"/>), which the recordings
    /// lack.</summary>
    public bool NumbersCount { get; init; }

    /// <summary>Whether the window field of every segment counts where numbers do; else that of SYNs alone.</summary>
    public bool WindowsCount { get; init; } = true;

    /// <summary>Which of our frames the other side listened for; all unless told otherwise.</summary>
    public Func<SeenFrame, bool> Listens { get; init; } = _ => true;
}
