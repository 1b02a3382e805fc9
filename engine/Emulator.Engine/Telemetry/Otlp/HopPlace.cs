using Emulator.Core.Journal;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>What spans say about an interface: whose role it is, and what its two directions are called.</summary>
/// <param name="Service">A role, the value of <c>service.name</c>: there are few, so that Jaeger's colours
/// suffice.</param>
/// <param name="Receive">The operation of a frame coming in.</param>
/// <param name="Transmit">The operation of a frame going out.</param>
/// <param name="PodNamespace">The pod's namespace, or null where the interface is no pod's.</param>
/// <param name="PodName">The pod's name, or null.</param>
internal sealed record HopPlace(string Service, string Receive, string Transmit, string? PodNamespace, string? PodName)
{
    /// <summary>Tells by the actor's kind (what stands before the slash of its name) and the interface's
    /// name.</summary>
    public static HopPlace Of(in JournalEntry entry, InterfaceName at)
    {
        if (at.Name == "lo")
        {
            return new HopPlace(at.Netns == at.Node ? "node" : "pod", "loopback.rx", "loopback.xmit", null, null);
        }

        int slash = at.Netns.IndexOf('/');
        if (slash >= 0)
        {
            return new HopPlace("pod", "veth.rx", "veth.xmit", at.Netns[..slash], at.Netns[(slash + 1)..]);
        }

        if (at.Netns != at.Node)
        {
            return new HopPlace("pod", "veth.rx", "veth.xmit", null, at.Netns);
        }

        string actor = entry.Actor.Name;
        if (actor.StartsWith("switch", StringComparison.Ordinal)
            || actor.StartsWith("router", StringComparison.Ordinal)
            || at.Name.StartsWith("sw", StringComparison.Ordinal))
        {
            return new HopPlace("link", "link.rx", "link.xmit", null, null);
        }

        if (at.Name.StartsWith("flannel.", StringComparison.Ordinal)
            || at.Name.StartsWith("vxlan", StringComparison.Ordinal))
        {
            return new HopPlace("vxlan", "vxlan.decap", "vxlan.encap", null, null);
        }

        if (actor.StartsWith("bridge", StringComparison.Ordinal)
            || at.Name.StartsWith("veth", StringComparison.Ordinal))
        {
            return new HopPlace("bridge", "bridge.rx", "bridge.xmit", null, null);
        }

        string service = entry.Actor.Machine.Zone == "external" ? "external" : "node";
        return at.Name.StartsWith("cni", StringComparison.Ordinal)
            ? new HopPlace(service, "bridge.up", "bridge.down", null, null)
            : new HopPlace(service, "nic.rx", "nic.xmit", null, null);
    }
}
