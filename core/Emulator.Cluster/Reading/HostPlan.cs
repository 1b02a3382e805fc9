using Emulator.Cluster.Spec;
using Emulator.Core.Addresses;

namespace Emulator.Cluster.Reading;

/// <summary>Places the hosts outside: behind a router of their own, or in an l2 underlay on the first zone's
/// switch.</summary>
internal sealed class HostPlan(ClusterDraft draft, List<ZoneSpec> zones, Cidr nodeCidr, Cidr outside)
{
    private readonly bool _isFlat = draft.Underlay == UnderlayMode.L2;

    /// <summary>Makes the hosts; the default is one named <c>external</c>.</summary>
    public List<ExternalHostSpec> Make()
    {
        IReadOnlyList<HostDraft> written = draft.Hosts ?? [new HostDraft { Path = "spec", Name = "external" }];
        return [.. written.Select(MakeHost)];
    }

    private ExternalHostSpec MakeHost(HostDraft host, int place)
    {
        string? zone = host.Zone ?? (_isFlat ? zones[0].Name : null);
        ZoneSpec? its = zones.Find(z => z.Name == zone);
        Cidr subnet = its?.Subnet ?? outside;
        List<InterfaceAddress> addresses = [.. host.Addresses.Select(
            (a, i) => a.Length > 0 ? a : new InterfaceAddress(a.Address, i == 0 ? subnet.Length : 32))];
        if (addresses.Count == 0)
        {
            addresses.Add(new InterfaceAddress(FromEnd(its is null ? null : nodeCidr, place), subnet.Length));
            if (_isFlat)
            {
                addresses.Add(new InterfaceAddress(outside.At(10 + place), 32));
            }
        }

        return new ExternalHostSpec
        {
            Name = host.Name,
            Zone = zone,
            Addresses = addresses,
            Mac = host.Mac ?? MacPlan.Nic(addresses[0].Address),
            Mtu = host.Mtu,
            Forwarding = host.Forwarding ?? (_isFlat && place == 0),
            DefaultGateway = host.DefaultGateway ?? (_isFlat ? null : its?.Gateway ?? outside.At(1)),
            SwitchPort = MacPlan.Port(host.SwitchPort, host.Name, draft.Nodes.Count + place + 1, addresses[0].Address),
            Sysctls = host.Sysctls,
            Neighbours = host.Neighbours,
        };
    }

    private IPv4Address FromEnd(Cidr? zone, int place) =>
        zone is Cidr subnet ? new IPv4Address((uint)(subnet.Last.Value - 1 - place)) : outside.At(10 + place);
}
