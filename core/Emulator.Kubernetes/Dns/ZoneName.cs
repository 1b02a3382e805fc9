namespace Emulator.Kubernetes.Dns;

/// <summary>What a name below the zone asks about.</summary>
/// <remarks>
/// Source: CoreDNS plugin/kubernetes/parse.go; Kubernetes DNS specification 1.1.0. In lower case.
/// <code>
///  SERVICE.NAMESPACE.svc   ENDPOINT.SERVICE.NAMESPACE.svc   _PORT._PROTOCOL.SERVICE.NAMESPACE.svc
/// A-B-C-D.NAMESPACE.pod
/// </code>
/// </remarks>
/// <param name="Kind"><c>svc</c>, <c>pod</c>, or empty at the apex and at <c>svc</c> and <c>pod</c> themselves.</param>
/// <param name="Namespace">The namespace; empty when not named.</param>
/// <param name="Name">The Service, or the pod's address; empty when not named.</param>
/// <param name="Endpoint">The endpoint's label; empty when not named.</param>
/// <param name="Port">The port's name; empty when not named.</param>
/// <param name="Protocol">The protocol; empty when not named.</param>
internal sealed record ZoneName(
    string Kind, string Namespace, string Name, string Endpoint, string Port, string Protocol)
{
    /// <summary>Reads what stands before the zone; null when no such name can exist.</summary>
    public static ZoneName? Parse(string beforeZone)
    {
        string[] labels = beforeZone.Length == 0 ? [] : beforeZone.Split('.');
        var apex = new ZoneName("", "", "", "", "", "");
        if (labels.Length == 0)
        {
            return apex;
        }

        if (labels[^1] is not ("svc" or "pod"))
        {
            return null;
        }

        return labels.Length switch
        {
            1 => apex,
            2 => apex with { Kind = labels[1], Namespace = labels[0] },
            3 => apex with { Kind = labels[2], Namespace = labels[1], Name = labels[0] },
            4 => apex with { Kind = labels[3], Namespace = labels[2], Name = labels[1], Endpoint = labels[0] },
            5 => apex with
            {
                Kind = labels[4],
                Namespace = labels[3],
                Name = labels[2],
                Protocol = labels[1].TrimStart('_'),
                Port = labels[0].TrimStart('_'),
            },
            _ => null,
        };
    }

    /// <summary>Whether the name takes a port.</summary>
    public bool Takes(ZonePort port) =>
        (Port.Length == 0 || string.Equals(Port, port.Name, StringComparison.OrdinalIgnoreCase))
        && (Protocol.Length == 0 || Protocol == port.Protocol);
}
