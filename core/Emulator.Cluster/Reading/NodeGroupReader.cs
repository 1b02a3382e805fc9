using System.Globalization;
using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Cluster.Reading;

/// <summary>
/// Reads <c>spec.nodes</c>: a count, or a list of groups. A group with a <c>count</c> has <c>{n}</c> in its name, which
/// counts
/// from 1 in the group; without a count it is one node, which may be pinned.
/// </summary>
internal static class NodeGroupReader
{
    /// <summary>The most nodes of a cluster: 10,000.</summary>
    public const int NodesMax = 10_000;

    private static readonly string[] Pins = ["address", "mac", "podCIDR", "switchPort", "bridge", "vtep", "neighbours"];

    private static readonly string[] Fields =
    [
        "name", "count", "zone", "capacity", "labels", "taints", "interface", "mtu", "defaultGateway", "sysctls",
        "shutdownAt", "staticPods", .. Pins,
    ];

    private static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    /// <summary>Reads the nodes; three without a word about them.</summary>
    public static IReadOnlyList<NodeDraft> Read(Section spec)
    {
        IReadOnlyList<KeyValuePair<string, long>> sysctls = spec.Numbers("sysctls");
        if (spec["nodes"] is null or JsonNumber or JsonString)
        {
            long count = spec.Whole("nodes", 1, NodesMax) ?? 3;
            return [.. Enumerable.Range(1, (int)count)
                .Select(n => new NodeDraft { Path = "spec.nodes", Name = Number("node-{n}", n), Sysctls = sysctls })];
        }

        var nodes = new List<NodeDraft>();
        foreach (Section group in spec.Children("nodes", Fields))
        {
            AddGroup(group, sysctls, nodes);
        }

        if (spec["nodes"] is JsonArray && nodes.Count is 0 or > NodesMax)
        {
            spec.Report("nodes", $"{nodes.Count} is not a number of nodes; write 1 to {NodesMax}.");
        }

        return nodes;
    }

    private static void AddGroup(Section group, IReadOnlyList<KeyValuePair<string, long>> sysctls,
    List<NodeDraft> nodes)
    {
        long? count = group.Whole("count", 1, NodesMax);
        string? name = group.Text("name");
        if (count > 1 && name?.Contains("{n}", StringComparison.Ordinal) == false)
        {
            group.Report("name", $"'{name}' would name {count} nodes; write {{n}} where the number goes, such as "
            + $"{name}-{{n}}.");
        }

        if (count > 1)
        {
            foreach (string pin in Pins.Where(p => group[p] is not null))
            {
                group.Report(pin, $"pins one node, but the group has {count}; leave it out, or write the node by "
                + "itself.");
            }
        }

        NodeDraft first = ReadNode(group, name ?? "", sysctls);
        for (int n = 1; n <= (count ?? 1) && nodes.Count <= NodesMax; n++)
        {
            string own = name is null ? Number("node-{n}", nodes.Count + 1) : Number(name, n);
            if (!NameText.IsLabel(own))
            {
                group.Report("name", $"'{own}' {NameText.LabelCure}");
            }

            nodes.Add(first with { Name = own });
        }
    }

    private static NodeDraft ReadNode(Section node, string name, IReadOnlyList<KeyValuePair<string, long>> sysctls) =>
    new()
    {
        Path = node.Path,
        Name = name,
        Zone = node.Text("zone"),
        Address = DeviceReader.Address(node, FieldPath.Member(node.Path, "address"), node["address"]),
        Mac = node.Mac("mac"),
        PodCidr = node.Block("podCIDR"),
        Interface = DeviceReader.InterfaceName(node, "interface") ?? "eth0",
        Mtu = (int)(node.Whole("mtu", 576, 65_535) ?? 1_500),
        DefaultGateway = node.Address("defaultGateway"),
        Capacity = ReadCapacity(node),
        ShutdownAt = node.Duration("shutdownAt"),
        StaticPods = ReadStaticPods(node),
        Labels = node.Texts("labels"),
        Taints = ReadTaints(node),
        SwitchPort = DeviceReader.Device(node, "switchPort", "name", "mac"),
        Bridge = DeviceReader.Device(node, "bridge", "name", "mac", "mtu"),
        Vtep = DeviceReader.Device(node, "vtep", "mac"),
        Sysctls = [.. sysctls, .. node.Numbers("sysctls")],
        Neighbours = DeviceReader.Neighbours(node),
    };

    private static CapacitySpec ReadCapacity(Section node)
    {
        Section capacity = node.Child("capacity", "cpu", "memory", "pods", "ephemeral-storage");
        return new CapacitySpec(
            Amount(capacity, "cpu", "4"), Amount(capacity, "memory", "16Gi"), Amount(capacity, "pods", "110"))
        {
            EphemeralStorage = Amount(capacity, "ephemeral-storage", "100Gi"),
        };
    }

    private static List<ManifestDocument> ReadStaticPods(Section node)
    {
        var pods = new List<ManifestDocument>();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string path, JsonValue value) in node.Elements("staticPods"))
        {
            if (value["kind"]?.AsString is { } kind and not "Pod")
            {
                node.ReportAt(path, $"is a {kind}; a kubelet runs Pods alone: write kind: Pod.");
            }
            else if (value["apiVersion"]?.AsString is { } version and not "v1")
            {
                node.ReportAt(FieldPath.Member(path, "apiVersion"), $"'{version}' has no kind Pod; write v1.");
            }
            else if (value.At("metadata", "name")?.AsString is not { } name || !NameText.IsLabel(name))
            {
                node.ReportAt(path, "has no metadata.name that is a name; write one such as etcd.");
            }
            else if (value.At("spec", "containers") is not JsonArray { Elements.Count: > 0 })
            {
                node.ReportAt(path, "has no spec.containers; write the Pod's whole manifest.");
            }
            else if ($"{value.At("metadata", "namespace")?.AsString ?? "default"}/{name}" is var key
                && !names.Add(key))
            {
                node.ReportAt(
                    $"{path}.metadata.name",
                    $"Pod {key} is written twice for these nodes; give one of the two another name.");
            }
            else
            {
                pods.Add(node.Part(path, ((JsonObject)value).With("apiVersion", "v1").With("kind", "Pod")));
            }
        }

        return pods;
    }

    private static string Amount(Section capacity, string name, string otherwise)
    {
        if (capacity[name] is not JsonValue value)
        {
            return otherwise;
        }

        string? text = Section.Plain(value);
        if (text is null || !Quantity.TryParse(text, out Quantity quantity) || quantity.Sign < 0)
        {
            capacity.Report(name, $"{Section.Shown(value)} is not a quantity; write one such as {otherwise}.");
        }

        return text ?? otherwise;
    }

    private static List<TaintSpec> ReadTaints(Section node)
    {
        var taints = new List<TaintSpec>();
        foreach (Section taint in node.Children("taints", "key", "value", "effect"))
        {
            foreach (string field in (string[])["key", "effect"])
            {
                if (taint.IsPresent && taint[field] is null)
                {
                    taint.Report(field, "is missing; a taint has key, effect and perhaps a value.");
                }
            }

            int effect = taint.Choice("effect", Effects) ?? 0;
            taints.Add(new TaintSpec(taint.Text("key") ?? "", taint.Text("value") ?? "", Effects[effect]));
        }

        return taints;
    }

    private static string Number(string pattern, int n) =>
        pattern.Replace("{n}", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
