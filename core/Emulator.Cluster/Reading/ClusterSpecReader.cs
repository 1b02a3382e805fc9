using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Cluster.Reading;

/// <summary>Reads a document of <c>apiVersion: emulator.dev/v1alpha1, kind: Cluster</c>, strictly.</summary>
/// <remarks>
/// First every field is read; then defaults are filled in and addresses given (<see cref="AddressPlan"/>); then the
/// whole is
/// checked against itself (<see cref="ClusterChecks"/>). Each step starts only when the one before found no mistake.
/// </remarks>
public static class ClusterSpecReader
{
    /// <summary>The group and version of the emulator's own documents.</summary>
    public const string ApiVersion = "emulator.dev/v1alpha1";

    /// <summary>The cluster without a document: three nodes in one zone, 4 cores, 16Gi and 110 pods each.</summary>
    public static ClusterSpec Default { get; } = MakeDefault();

    /// <summary>Reads the document. Null when there were mistakes, which are appended.</summary>
    public static ClusterSpec? Read(ManifestDocument document, List<ManifestError> errors)
    {
        var mistakes = new List<ManifestError>();
        ClusterDraft draft = ReadDraft(document, mistakes);
        ClusterSpec? spec = null;
        if (mistakes.Count == 0)
        {
            spec = new AddressPlan(draft, document, mistakes).Make();
        }

        if (mistakes.Count == 0 && spec is not null)
        {
            ClusterChecks.Check(spec, draft, document, mistakes);
        }

        errors.AddRange(mistakes);
        return mistakes.Count == 0 ? spec : null;
    }

    private static ClusterDraft ReadDraft(ManifestDocument document, List<ManifestError> mistakes)
    {
        var root = new Section(document, "", document.Content, mistakes, "apiVersion", "kind", "metadata", "spec");
        Section metadata = root.Child("metadata", "name", "labels", "annotations");
        Section spec = root.Child("spec", "zones", "nodes", "podCIDR", "nodeCIDRMaskSize", "serviceCIDR", "nodeCIDR",
            "outsideCIDR", "cni", "underlay", "links", "sysctls", "addons", "externalHosts", "cpu", "kubelet");
        Section cni = spec.Child("cni", "mode", "mtu", "vni", "port", "hairpin");
        Section addons = spec.Child("addons", "dns", "ingressController");
        return new ClusterDraft
        {
            Name = metadata.Text("name") ?? "cluster",
            Zones = ReadZones(spec),
            Nodes = NodeGroupReader.Read(spec),
            Hosts = spec["externalHosts"] is null ? null : ExternalHostReader.Read(spec),
            PodCidr = spec.Block("podCIDR"),
            NodeCidrMaskSize = (int?)spec.Whole("nodeCIDRMaskSize", 8, 30),
            ServiceCidr = spec.Block("serviceCIDR"),
            NodeCidr = spec.Block("nodeCIDR"),
            OutsideCidr = spec.Block("outsideCIDR"),
            Mode = cni.Choice("mode", "vxlan", "host-gw") == 1 ? CniMode.HostGateway : CniMode.Vxlan,
            PodMtu = (int?)cni.Whole("mtu", 576, 65_535),
            Vni = (int)(cni.Whole("vni", 0, 16_777_215) ?? 1),
            Port = (ushort)(cni.Whole("port", 1, 65_535) ?? 8_472),
            Hairpin = cni.Flag("hairpin") ?? true,
            Underlay = spec.Choice("underlay", "routed", "l2") == 1 ? UnderlayMode.L2 : UnderlayMode.Routed,
            Links = LinksReader.Read(spec),
            Cpu = ReadCpu(spec),
            Kubelet = KubeletReader.Read(spec),
            Addons = new AddonsSpec(addons.Flag("dns") ?? true, addons.Flag("ingressController") ?? true),
        };
    }

    private static CpuSpec ReadCpu(Section spec)
    {
        Section cpu = spec.Child("cpu", "tick", "tickOffset", "weights", "managerPolicy");
        SimDuration tick = cpu.Duration("tick") ?? SimDuration.Zero;
        SimDuration offset = cpu.Duration("tickOffset") ?? SimDuration.Zero;
        if (offset > SimDuration.Zero && offset >= tick)
        {
            cpu.Report("tickOffset", $"{offset} is not below the tick of {tick}; write a shorter one.");
        }

        ShareFormula weights = cpu.Choice("weights", "linear", "quadratic", "shares") switch
        {
            1 => ShareFormula.Quadratic,
            2 => ShareFormula.Shares,
            _ => ShareFormula.Linear,
        };
        return new CpuSpec(tick, offset, weights, cpu.Choice("managerPolicy", "none", "static") == 1);
    }

    private static List<ZoneDraft> ReadZones(Section spec)
    {
        var zones = new List<ZoneDraft>();
        foreach ((string path, JsonValue value) in spec.Elements("zones"))
        {
            if (value is JsonString name)
            {
                zones.Add(new ZoneDraft(path, name.Value, null, null, null, null));
                continue;
            }

            Section zone = spec.Open(path, value, "name", "subnet", "gateway", "switch");
            Section its = zone.Child("switch", "name", "mac");
            if (zone.IsPresent && zone["name"] is null)
            {
                zone.Report("name", "is missing; write the zone's name, such as zone-1.");
            }

            zones.Add(new ZoneDraft(
                path, zone.Text("name") ?? "", zone.Block("subnet"), zone.Address("gateway"), its.Text("name"),
                its.Mac("mac")));
        }

        foreach (ZoneDraft zone in zones.Where(z => z.Name.Length > 0 && !NameText.IsLabel(z.Name)))
        {
            spec.ReportAt(zone.Path, $"'{zone.Name}' {NameText.LabelCure}");
        }

        return zones.Count > 0 ? zones : [new ZoneDraft("spec", "zone-1", null, null, null, null)];
    }

    private static ClusterSpec MakeDefault()
    {
        var errors = new List<ManifestError>();
        var empty = new ManifestDocument(JsonObject.Empty, "(no Cluster document)", 0, new Dictionary<string, int>());
        return Read(empty, errors) ?? throw new InvalidOperationException(string.Join("\n", errors));
    }
}
