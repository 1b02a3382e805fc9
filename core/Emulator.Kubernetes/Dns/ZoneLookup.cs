using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Dns;

/// <summary>One thing that a name stands for.</summary>
/// <param name="Address">An address; meaningless where there is an alias.</param>
/// <param name="Port">A port; -1 is none.</param>
/// <param name="Target">The full name that SRV records point to.</param>
/// <param name="Alias">Another name that this stands for, full; empty where it is an address.</param>
internal sealed record ZoneFinding(ZoneAddress Address, int Port, string Target, string Alias);

/// <summary>Finds what names stand for.</summary>
/// <remarks>Source: CoreDNS plugin/kubernetes/kubernetes.go, findServices and findPods; reverse.go. Null is "no such
/// name", an empty list is "the name exists, without records".</remarks>
internal sealed class ZoneLookup(DnsZoneOptions options, ZoneIndex index)
{
    /// <summary>What a name stands for.</summary>
    public IReadOnlyList<ZoneFinding>? Find(ZoneName name, string zone)
    {
        if (name.Kind.Length == 0)
        {
            return [];
        }

        if (name.Kind == "pod" && options.Pods == PodRecords.Disabled)
        {
            return null;
        }

        if (!index.HasNamespace(name.Namespace))
        {
            return null;
        }

        return name.Name.Length == 0 ? [] : name.Kind == "pod" ? FindPod(name) : FindService(name, zone);
    }

    /// <summary>The names of an address: a Service's, else its endpoints'.</summary>
    public IReadOnlyList<string> NamesOf(ZoneAddress address, string zone)
    {
        foreach (ObjectKey service in index.ServicesAt(address))
        {
            return [FullName(service, zone)];
        }

        var names = new List<string>();
        foreach ((ObjectKey service, ZoneEndpoint endpoint) in index.EndpointsAt(address))
        {
            string name = $"{endpoint.Label}.{FullName(service, zone)}";
            if (!names.Contains(name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private List<ZoneFinding>? FindPod(ZoneName name)
    {
        string text = name.Name.Count(c => c == '-') == 3 && !name.Name.Contains("--", StringComparison.Ordinal)
            ? name.Name.Replace('-', '.')
            : name.Name.Replace('-', ':');
        bool isKnown = name is { Endpoint.Length: 0, Port.Length: 0 }
            && ZoneAddress.TryParse(text, out ZoneAddress address)
            && (options.Pods == PodRecords.Insecure || index.HasPod(name.Namespace, address));
        if (!isKnown)
        {
            return null;
        }

        ZoneAddress.TryParse(text, out ZoneAddress found);
        return [new ZoneFinding(found, -1, "", "")];
    }

    private List<ZoneFinding>? FindService(ZoneName name, string zone)
    {
        ZoneService? service = index.FindService(name.Namespace, name.Name);
        if (service is null)
        {
            return null;
        }

        var found = new List<ZoneFinding>();
        string fullName = FullName(service.Key, zone);
        if (service.ExternalName.Length > 0)
        {
            if (name is { Endpoint.Length: 0, Port.Length: 0, Protocol.Length: 0 })
            {
                found.Add(new ZoneFinding(default, -1, fullName, service.ExternalName.TrimEnd('.') + "."));
            }
        }
        else if (service.IsHeadless || name.Endpoint.Length > 0)
        {
            AddEndpoints(name, service, fullName, found);
        }
        else if (!options.IgnoresEmptyServices || index.SlicesOf(service.Key).Any(s => s.Endpoints.Count > 0))
        {
            foreach (ZonePort port in service.Ports.Where(name.Takes))
            {
                found.AddRange(service.ClusterIPs.Select(a => new ZoneFinding(a, port.Port, fullName, "")));
            }
        }

        return found.Count == 0 ? null : found;
    }

    private void AddEndpoints(ZoneName name, ZoneService service, string fullName, List<ZoneFinding> found)
    {
        foreach (ZoneSlice slice in index.SlicesOf(service.Key))
        {
            foreach (ZoneEndpoint endpoint in slice.Endpoints)
            {
                if (name.Endpoint.Length > 0
                    && !string.Equals(name.Endpoint, endpoint.Label, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                foreach (ZonePort port in slice.Ports.Where(name.Takes))
                {
                    found.Add(new ZoneFinding(endpoint.Address, port.Port, $"{endpoint.Label}.{fullName}", ""));
                }
            }
        }
    }

    private static string FullName(ObjectKey service, string zone) => $"{service.Name}.{service.Namespace}.svc.{zone}";
}
