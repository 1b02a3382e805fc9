using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Cni;

/// <summary>How a pod hangs on its node's bridge.</summary>
/// <param name="Address">The pod's address.</param>
/// <param name="Mac">Of the pod's <c>eth0</c>.</param>
/// <param name="HostDevice">The node's end of the veth.</param>
/// <param name="HostMac">Of the node's end.</param>
public sealed record PodAttachment(IPv4Address Address, MacAddress Mac, string HostDevice, MacAddress HostMac);

/// <summary>The CNI plugin <c>bridge</c>: a veth between the pod and the node's bridge, an address, and
/// routes.</summary>
/// <remarks>
/// Source: containernetworking/plugins (bridge), with flannel's configuration: the bridge is the gateway, ipMasq is
/// off. The real plugin's host ends have random names and hardware addresses; here they follow from pod and address.
/// </remarks>
public static class BridgePlugin
{
    /// <summary>Annotation: the address that the pod shall have, inside its node's block.</summary>
    public const string AddressAnnotation = "emulator.dev/ip";

    /// <summary>Annotation: the hardware address of the pod's <c>eth0</c>.</summary>
    public const string MacAnnotation = "emulator.dev/mac";

    /// <summary>Annotation: the name of the node's end of the veth, at most 15 characters.</summary>
    public const string HostInterfaceAnnotation = "emulator.dev/host-interface";

    private const string PodDevice = "eth0";
    private const ulong PodMacPrefix = 0x0A58_0000_0000;
    private const ulong HostMacPrefix = 0x0E58_0000_0000;

    /// <summary>The address that a pod asks for; false when the annotation is there and is no address.</summary>
    public static bool TryWantedAddress(ApiObject pod, out IPv4Address? wanted)
    {
        wanted = null;
        if (pod.Annotations[AddressAnnotation] is not { } text)
        {
            return true;
        }

        bool read = IPv4Address.TryParse(text, out IPv4Address address);
        wanted = read ? address : null;
        return read;
    }

    /// <summary>How a pod is attached with an address: 0a:58 and the address at its end, 0e:58 at the node's.</summary>
    public static PodAttachment Attach(ApiObject pod, IPv4Address address) => new(
        address,
        MacAddress.TryParse(pod.Annotations[MacAnnotation], out MacAddress mac)
            ? mac
            : new MacAddress(PodMacPrefix | address.Value),
        pod.Annotations[HostInterfaceAnnotation] ?? $"veth{(uint)StableHash.Of(pod.Uid):x8}",
        new MacAddress(HostMacPrefix | address.Value));

    /// <summary>What the node is told.</summary>
    public static AddVeth Veth(PodAttachment attachment, ActorRef @namespace, PodNetworkOptions options) => new(
        attachment.HostDevice, attachment.HostMac, options.Mtu, options.Bridge, options.Hairpin,
        @namespace, PodDevice, attachment.Mac, options.Mtu);

    /// <summary>What the pod's namespace is told, once it has its <c>eth0</c>.</summary>
    public static IEnumerable<NetlinkMessage> Configure(PodAttachment attachment, Cidr block, PodNetworkOptions options)
    {
        IPv4Address gateway = block.At(1);
        yield return new AddAddress(PodDevice, attachment.Address, block.Length, block.Last);
        yield return new AddRoute(Cidr.All, gateway, PodDevice);
        yield return new AddRoute(options.Network, gateway, PodDevice);
        yield return new AnnounceAddress(PodDevice, attachment.Address);
    }
}
