using Emulator.Cluster.Spec;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Linux.Netlink;

namespace Emulator.Cluster.Reading;

/// <summary>Reads what nodes and hosts outside have in common: devices, addresses, sysctls, neighbours.</summary>
internal static class DeviceReader
{
    private static readonly string[] States = ["reachable", "stale", "permanent"];

    /// <summary>A device object with those of name, MAC and MTU that <paramref name="fields"/> has.</summary>
    public static DeviceDraft Device(Section section, string name, params string[] fields)
    {
        Section device = section.Child(name, fields);
        return new DeviceDraft(
            fields.Contains("name") ? InterfaceName(device, "name") : null, device.Mac("mac"),
            fields.Contains("mtu") ? (int?)device.Whole("mtu", 576, 65_535) : null);
    }

    /// <summary>An interface's name, or null when it was not written.</summary>
    public static string? InterfaceName(Section section, string field)
    {
        string? text = section.Text(field);
        if (text is not null && !NameText.IsInterface(text))
        {
            section.Report(field, $"'{text}' {NameText.InterfaceCure}");
        }

        return text;
    }

    /// <summary>An address with or without the length of its prefix; a length of 0 is "not written".</summary>
    public static InterfaceAddress? Address(Section section, string path, JsonValue? value)
    {
        if (value is null)
        {
            return null;
        }

        string text = value.AsString ?? "";
        int slash = text.IndexOf('/');
        byte length = 0;
        bool lengthReads = slash < 0
            || (byte.TryParse(text.AsSpan(slash + 1), out length) && length is >= 1 and <= 32);
        if (lengthReads && IPv4Address.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out IPv4Address address))
        {
            return new InterfaceAddress(address, length);
        }

        section.ReportAt(path, $"{Section.Shown(value)} is not an address; write one such as 192.168.77.11 or "
        + "192.168.77.11/24.");
        return null;
    }

    /// <summary>The neighbour entries of a machine.</summary>
    public static IReadOnlyList<NeighbourSpec> Neighbours(Section section)
    {
        var neighbours = new List<NeighbourSpec>();
        foreach (Section entry in section.Children("neighbours", "device", "address", "mac", "state"))
        {
            foreach (string field in (string[])["device", "address", "mac"])
            {
                if (entry.IsPresent && entry[field] is null)
                {
                    entry.Report(field, "is missing; a neighbour has device, address, mac and state.");
                }
            }

            NeighbourState state = entry.Choice("state", States) switch
            {
                0 => NeighbourState.Reachable,
                1 => NeighbourState.Stale,
                _ => NeighbourState.Permanent,
            };
            neighbours.Add(new NeighbourSpec(
                entry.Text("device") ?? "", entry.Address("address") ?? default, entry.Mac("mac") ?? default, state));
        }

        return neighbours;
    }
}
