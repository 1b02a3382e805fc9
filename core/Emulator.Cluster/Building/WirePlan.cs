using Emulator.Cluster.Spec;
using Emulator.Underlay;

namespace Emulator.Cluster.Building;

/// <summary>Turns distances into wires: how a latency is shared out along a way, and on which of its wires faults
/// strike.</summary>
/// <remarks>
/// <code>
/// machine --(half of withinZone)-- switch --(betweenZones - withinZone)-- switch --(half of withinZone)-- machine
///                                  switch --(outside - withinZone)------- switch --(half of withinZone)-- host outside
/// machine --(half of withinZone)-- switch --(outside - half of withinZone)-------------------- host on a zone's switch
/// </code>
/// So each distance is the sum of its wires; a switch adds 1 µs, the machines their hops. Loss, jitter and the like
/// strike
/// once each way: withinZone's on the wire from the machine to its switch, the others' on the long wire.
/// </remarks>
internal sealed class WirePlan(LinksSpec links)
{
    private readonly long _near = links.WithinZone.Latency.Nanoseconds;

    /// <summary>From a machine to its zone's switch.</summary>
    public WireOptions ToSwitch => Faulty(links.WithinZone, _near / 2);

    /// <summary>From a zone's switch to a machine.</summary>
    public WireOptions FromSwitch => Plain(links.WithinZone, _near - (_near / 2));

    /// <summary>From a zone's switch to another's.</summary>
    public WireOptions Trunk => Faulty(links.BetweenZones, links.BetweenZones.Latency.Nanoseconds - _near);

    /// <summary>Between a zone's switch and the one outside.</summary>
    public WireOptions ToOutside => Faulty(links.Outside, links.Outside.Latency.Nanoseconds - _near);

    /// <summary>Between the switch outside and a host on it.</summary>
    public WireOptions Outside => Plain(links.Outside, _near - (_near / 2));

    /// <summary>Between a zone's switch and a host outside that is plugged into it.</summary>
    public WireOptions HostOnZone => Faulty(links.Outside, links.Outside.Latency.Nanoseconds - (_near / 2));

    private static WireOptions Plain(LinkSpec link, long latency) => new()
    {
        LatencyNanoseconds = Math.Max(1, latency),
        RateBitsPerSecond = link.RateBitsPerSecond,
        QueueLengthMax = link.QueueLengthMax,
    };

    private static WireOptions Faulty(LinkSpec link, long latency) => Plain(link, latency) with
    {
        JitterNanoseconds = link.Jitter.Nanoseconds,
        ExtraDelayNanoseconds = link.ExtraDelay.Nanoseconds,
        Loss = link.Loss,
        Duplicate = link.Duplicate,
        Reorder = link.Reorder,
        Netem = link.Netem,
        Tbf = link.Tbf,
    };
}
