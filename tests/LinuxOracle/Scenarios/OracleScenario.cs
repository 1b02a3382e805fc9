using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>Something that is done to both worlds and must look the same in both.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Steps">What is done.</param>
internal sealed record OracleScenario(string Name, params OracleStep[] Steps)
{
    /// <summary>What is done before anybody looks.</summary>
    public OracleStep[] Prepare { get; init; } = [];

    /// <summary>Whether neighbours are to be found on the way: unicast ARP probes are compared too.</summary>
    public bool IsCold { get; init; }

    /// <summary>Whether several segments are under way at once: links with latency interleave at one interface what
    /// comes and goes otherwise than a host that has none.</summary>
    public bool Interleaves { get; init; }

    /// <summary>Whether the real kernel widens its receive window by what full segments bring (tcp_grow_window), which
    /// is not modelled: the window counts in SYNs alone.</summary>
    public bool WindowGrows { get; init; }

    /// <summary>The ports and echo identifiers that the steps name; others are a kernel's choice.</summary>
    public IEnumerable<int> Ports => Prepare.Concat(Steps).SelectMany<OracleStep, int>(s => s switch
    {
        OracleStep.Listen listen => [listen.Port],
        OracleStep.Connect connect => [connect.LocalPort, PortOf(connect.To)],
        OracleStep.Bind bind => [bind.Port],
        OracleStep.SendTo send => [PortOf(send.To)],
        OracleStep.Ping ping => [ping.Identifier],
        _ => [],
    });

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static int PortOf(string endpoint) => int.Parse(endpoint.Split(':')[1], null);
}
