using Emulator.Core.Addresses;
using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Cni;

/// <summary>How flannelds tell each other, on their Nodes, where they are reached.</summary>
/// <remarks>Source: flannel pkg/subnet/kube.</remarks>
public static class FlannelAnnotations
{
    /// <summary><c>vxlan</c> or <c>host-gw</c>.</summary>
    public const string BackendType = "flannel.alpha.coreos.com/backend-type";

    /// <summary>For vxlan <c>{"VNI":1,"VtepMAC":"02:…"}</c>, else <c>null</c>.</summary>
    public const string BackendData = "flannel.alpha.coreos.com/backend-data";

    /// <summary>The node's address on the underlay.</summary>
    public const string PublicIP = "flannel.alpha.coreos.com/public-ip";

    /// <summary><c>true</c>: the node's block comes from its Node.</summary>
    public const string SubnetManager = "flannel.alpha.coreos.com/kube-subnet-manager";

    /// <summary>A back end's name.</summary>
    public static string TypeOf(FlannelBackend backend) => backend switch
    {
        FlannelBackend.Vxlan => "vxlan",
        FlannelBackend.HostGateway => "host-gw",
        _ => throw new System.Diagnostics.UnreachableException(backend.ToString()),
    };

    /// <summary>What a flanneld writes on its own Node.</summary>
    public static JsonObject Of(FlannelOptions options, IPv4Address address, MacAddress vtepMac) => JsonObject.Of(
        (BackendData, options.Backend == FlannelBackend.Vxlan
            ? JsonObject.Of(("VNI", options.Vni), ("VtepMAC", vtepMac.ToString())).ToString()
            : "null"),
        (BackendType, TypeOf(options.Backend)),
        (SubnetManager, "true"),
        (PublicIP, address.ToString()));

    /// <summary>Reads the VTEP's hardware address from <see cref="BackendData"/>.</summary>
    public static bool TryReadVtepMac(string? backendData, out MacAddress mac)
    {
        mac = default;
        if (backendData is null)
        {
            return false;
        }

        try
        {
            return MacAddress.TryParse(JsonText.Parse(backendData)["VtepMAC"]?.AsString, out mac);
        }
        catch (FormatException)
        {
            return false; // Somebody else's text in the annotation is no peer, as flannel sees it.
        }
    }
}
