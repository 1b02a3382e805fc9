namespace Emulator.Client.Tests.Lab;

/// <summary>A recorded scenario and how it is made here.</summary>
/// <param name="Name">The recording's name.</param>
/// <param name="Steps">What is done while frames are recorded.</param>
internal sealed record LinuxScenario(string Name, params LabStep[] Steps)
{
    /// <summary>What is done before, to bring about the state that the recorded kernels were in.</summary>
    public LabStep[] Prepare { get; init; } = [];

    /// <summary>The run's seed, where the recorded kernels' dice matter.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Whether frames that come and frames that go are ordered apart at each interface: where more than one packet is
    /// under way, links with latency interleave them otherwise than the recorded host, which has none.
    /// </summary>
    public bool Interleaves { get; init; }

    /// <summary>Whether the recording shows ARP on purpose; elsewhere stray unicast probes are left out.</summary>
    public bool IsCold { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
