using Emulator.Cluster.Spec;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;

namespace Emulator.Cluster.Reading;

/// <summary>Checks a whole cluster against itself: ranges, names and addresses, latencies.</summary>
internal static class ClusterChecks
{
    /// <summary>Appends every contradiction.</summary>
    public static void Check(ClusterSpec spec, ClusterDraft draft, ManifestDocument document,
        List<ManifestError> mistakes)
    {
        void Report(string path, string message) => mistakes.Add(document.Error(path, message));
        CheckRanges(spec, draft, Report);
        CheckZones(spec, draft, Report);
        CheckNames(spec, draft, Report);
        CheckAddresses(spec, draft, Report);
        CheckBlocks(spec, draft, Report);
        CheckLinks(spec, Report);
        MachineChecks.Check(spec, draft, Report);
    }

    private static void CheckRanges(ClusterSpec spec, ClusterDraft draft, Action<string, string> report)
    {
        (string Path, string Words, Cidr Range)[] ranges =
        [
            ("spec.podCIDR", "pod CIDR", spec.PodCidr), ("spec.serviceCIDR", "service CIDR", spec.ServiceCidr),
            ("spec.nodeCIDR", "node CIDR", spec.NodeCidr), ("spec.outsideCIDR", "outside CIDR", spec.OutsideCidr),
        ];
        for (int i = 0; i < ranges.Length; i++)
        {
            for (int j = i + 1; j < ranges.Length; j++)
            {
                if (ranges[i].Range.Overlaps(ranges[j].Range))
                {
                    report(ranges[i].Path, $"{ranges[i].Words} {ranges[i].Range} overlaps {ranges[j].Words} "
                    + $"{ranges[j].Range}; "
                        + "choose disjoint ranges.");
                }
            }
        }

        if (spec.ServiceCidr.Length is < 8 or > 28)
        {
            report("spec.serviceCIDR", $"service CIDR {spec.ServiceCidr} is too "
            + $"{(spec.ServiceCidr.Length < 8 ? "large" : "small")}; "
                + "choose a prefix of 8 to 28 bits.");
        }

        if (spec.Cni.Mode == CniMode.HostGateway && spec.Underlay == UnderlayMode.Routed && spec.Zones.Count > 1)
        {
            report(draft.Zones[^1].Path, "host-gw needs all nodes in one subnet, but a routed underlay gives each of "
                + $"{spec.Zones.Count} zones its own; write underlay: l2, or mode: vxlan.");
        }
    }

    private static void CheckZones(ClusterSpec spec, ClusterDraft draft, Action<string, string> report)
    {
        for (int i = 0; i < spec.Zones.Count; i++)
        {
            (ZoneSpec zone, ZoneDraft written) = (spec.Zones[i], draft.Zones[i]);
            if (spec.Underlay == UnderlayMode.L2 && (written.Subnet is not null || written.Gateway is not null))
            {
                report(written.Path, $"{zone.Name} has a subnet or gateway, but zones share node CIDR {spec.NodeCidr} "
                + "in an l2 "
                    + "underlay; leave it out, or write underlay: routed.");
            }

            if (!spec.NodeCidr.Overlaps(zone.Subnet) || zone.Subnet.Length < spec.NodeCidr.Length)
            {
                report(FieldPath.Member(written.Path, "subnet"),
                    $"subnet {zone.Subnet} of {zone.Name} lies outside of node CIDR {spec.NodeCidr}; choose one "
                    + "inside.");
            }

            if (zone.Gateway is IPv4Address gateway && !zone.Subnet.Contains(gateway))
            {
                report(FieldPath.Member(written.Path, "gateway"),
                    $"gateway {gateway} of {zone.Name} lies outside of its subnet {zone.Subnet}; choose one inside.");
            }

            for (int j = 0; j < i && spec.Underlay == UnderlayMode.Routed; j++)
            {
                if (zone.Subnet.Overlaps(spec.Zones[j].Subnet))
                {
                    report(FieldPath.Member(written.Path, "subnet"),
                    $"subnet {zone.Subnet} of {zone.Name} overlaps subnet "
                        + $"{spec.Zones[j].Subnet} of {spec.Zones[j].Name}; choose disjoint subnets.");
                }
            }
        }
    }

    private static void CheckNames(ClusterSpec spec, ClusterDraft draft, Action<string, string> report)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal) 
        {
            ["control-plane"] = "the control plane", ["switch-outside"] = "the switch outside",
        };
        void Name(string name, string what, string path)
        {
            if (!names.TryAdd(name, what))
            {
                report(FieldPath.Member(path, "name"),
                $"'{name}' names {names[name]} and {what}; give each machine its own name.");
            }
        }

        for (int i = 0; i < spec.Zones.Count; i++)
        {
            Name(spec.Zones[i].SwitchName, $"the switch of {spec.Zones[i].Name}",
            FieldPath.Member(draft.Zones[i].Path, "switch"));
            if (spec.Zones[i].Name == "external")
            {
                report(draft.Zones[i].Path, "'external' is the zone of the hosts outside; choose another name.");
            }

            if (spec.Zones.Take(i).Any(z => z.Name == spec.Zones[i].Name))
            {
                report(draft.Zones[i].Path, $"'{spec.Zones[i].Name}' names two zones; give each its own name.");
            }
        }

        for (int i = 0; i < spec.Nodes.Count; i++)
        {
            Name(spec.Nodes[i].Name, "a node", draft.Nodes[i].Path);
        }

        for (int i = 0; i < spec.ExternalHosts.Count; i++)
        {
            Name(spec.ExternalHosts[i].Name, "a host outside", draft.Hosts?[i].Path ?? "spec.externalHosts");
        }

        string[] zones = [.. spec.Zones.Select(z => z.Name)];
        foreach ((string? zone, string path) in draft.Nodes.Select(n => (n.Zone, n.Path))
            .Concat((draft.Hosts ?? []).Select(h => (h.Zone, h.Path))).Distinct())
        {
            if (zone is not null && !zones.Contains(zone, StringComparer.Ordinal))
            {
                report(FieldPath.Member(path, "zone"), $"'{zone}' is not a zone; {NearestName.Cure(zone, zones)}");
            }
        }
    }

    private static void CheckAddresses(ClusterSpec spec, ClusterDraft draft, Action<string, string> report)
    {
        var owners = new Dictionary<IPv4Address, string>();
        foreach (ZoneSpec zone in spec.Zones.Where(z => z.Gateway is not null))
        {
            owners.TryAdd(zone.Gateway.GetValueOrDefault(), $"the router of {zone.Name}");
        }

        if (spec.Underlay == UnderlayMode.Routed)
        {
            owners.TryAdd(spec.OutsideCidr.At(1), "the router outside");
        }

        void Own(IPv4Address address, string owner, string path)
        {
            if (!owners.TryAdd(address, owner))
            {
                report(path, $"address {address} belongs to {owners[address]} and {owner}; give each machine its own "
                + "address.");
            }
        }

        for (int i = 0; i < spec.Nodes.Count; i++)
        {
            NodeSpec node = spec.Nodes[i];
            string path = FieldPath.Member(draft.Nodes[i].Path, "address");
            Own(node.Address.Address, node.Name, path);
            ZoneSpec? zone = spec.Zones.FirstOrDefault(z => z.Name == node.Zone);
            if (zone?.Subnet.Contains(node.Address.Address) == false)
            {
                report(path, $"address {node.Address.Address} of {node.Name} lies outside of its zone's subnet "
                + $"{zone.Subnet}; "
                    + "choose one inside, or set the subnet.");
            }
        }

        for (int i = 0; i < spec.ExternalHosts.Count; i++)
        {
            ExternalHostSpec host = spec.ExternalHosts[i];
            string path = FieldPath.Member(draft.Hosts?[i].Path ?? "spec.externalHosts", "addresses");
            foreach (InterfaceAddress address in host.Addresses)
            {
                Own(address.Address, host.Name, path);
            }

            Cidr subnet = spec.Zones.FirstOrDefault(z => z.Name == host.Zone)?.Subnet ?? spec.OutsideCidr;
            if (!subnet.Contains(host.Addresses[0].Address))
            {
                report(path, $"address {host.Addresses[0].Address} of {host.Name} lies outside of its subnet {subnet}; "
                + "write one inside first.");
            }
        }
    }

    private static void CheckBlocks(ClusterSpec spec, ClusterDraft draft, Action<string, string> report)
    {
        var blocks = new SortedDictionary<Cidr, string>();
        for (int i = 0; i < spec.Nodes.Count; i++)
        {
            NodeSpec node = spec.Nodes[i];
            string path = FieldPath.Member(draft.Nodes[i].Path, "podCIDR");
            if (node.PodCidr.Length != spec.NodeCidrMaskSize || !spec.PodCidr.Contains(node.PodCidr.Address))
            {
                report(path, $"pod CIDR {node.PodCidr} of {node.Name} is not a /{spec.NodeCidrMaskSize} inside "
                + $"{spec.PodCidr}; "
                    + "choose one that is, or set spec.podCIDR and spec.nodeCIDRMaskSize.");
            }
            else if (!blocks.TryAdd(node.PodCidr, node.Name))
            {
                report(path, $"pod CIDR {node.PodCidr} belongs to {blocks[node.PodCidr]} and {node.Name}; give each "
                + "node its own.");
            }
        }
    }

    private static void CheckLinks(ClusterSpec spec, Action<string, string> report)
    {
        foreach ((string name, LinkSpec far) in new[] { ("betweenZones", spec.Links.BetweenZones),
        ("outside", spec.Links.Outside) })
        {
            if (far.Latency <= spec.Links.WithinZone.Latency)
            {
                report($"spec.links.{name}", $"latency {far.Latency} is not above withinZone's "
                + $"{spec.Links.WithinZone.Latency}, "
                    + "which is a part of it; choose a longer one.");
            }
        }
    }
}
