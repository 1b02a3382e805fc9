using Emulator.Cluster.Spec;
using Emulator.Core.Documents;

namespace Emulator.Cluster.Reading;

/// <summary>Reads <c>spec.externalHosts</c>.</summary>
internal static class ExternalHostReader
{
    private static readonly string[] Fields =
    [
        "name", "zone", "addresses", "mac", "mtu", "forwarding", "defaultGateway", "switchPort", "sysctls",
        "neighbours",
    ];

    /// <summary>Reads the list.</summary>
    public static IReadOnlyList<HostDraft> Read(Section spec)
    {
        var hosts = new List<HostDraft>();
        foreach (Section host in spec.Children("externalHosts", Fields))
        {
            string name = host.Text("name") ?? (hosts.Count == 0 ? "external" : $"external-{hosts.Count + 1}");
            if (!NameText.IsLabel(name))
            {
                host.Report("name", $"'{name}' {NameText.LabelCure}");
            }

            var addresses = new List<InterfaceAddress>();
            foreach ((string path, JsonValue value) in host.Elements("addresses"))
            {
                if (DeviceReader.Address(host, path, value) is InterfaceAddress address)
                {
                    addresses.Add(address);
                }
            }

            hosts.Add(new HostDraft
            {
                Path = host.Path,
                Name = name,
                Zone = host.Text("zone"),
                Addresses = addresses,
                Mac = host.Mac("mac"),
                Mtu = (int)(host.Whole("mtu", 576, 65_535) ?? 1_500),
                Forwarding = host.Flag("forwarding"),
                DefaultGateway = host.Address("defaultGateway"),
                SwitchPort = DeviceReader.Device(host, "switchPort", "name", "mac"),
                Sysctls = host.Numbers("sysctls"),
                Neighbours = DeviceReader.Neighbours(host),
            });
        }

        return hosts;
    }
}
