using Emulator.Cluster.Spec;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;

namespace Emulator.Cluster.Building;

/// <summary>The netlink messages that each kind of machine boots with, in order.</summary>
internal static class BootMessages
{
    /// <summary>
    /// A node's: sysctls, its interface's address and default route, and the bridge, which the CNI plugin would make
    /// for the
    /// first pod and which here is there from the start, so that its address can be pinned.
    /// </summary>
    public static List<Message> OfNode(NodeSpec node)
    {
        List<Message> messages = [.. node.Sysctls.Select(s => new SetSysctl(s.Key, s.Value))];
        messages.Add(new AddAddress(node.Interface, node.Address.Address, node.Address.Length));
        messages.Add(new SetLink(node.Interface, Up: true));
        AddDefaultRoute(messages, node.DefaultGateway, node.Interface);
        messages.Add(new AddBridge(node.Bridge.Name, node.Bridge.Mac, node.Bridge.Mtu));
        messages.Add(new AddAddress(node.Bridge.Name, node.PodCidr.At(1), node.PodCidr.Length, node.PodCidr.Last));
        messages.Add(new SetLink(node.Bridge.Name, Up: true));
        AddNeighbours(messages, node.Neighbours);
        return messages;
    }

    /// <summary>An external host's: addresses of 32 bits are on lo, the others on eth0.</summary>
    public static List<Message> OfExternalHost(ExternalHostSpec host)
    {
        List<Message> messages = [new SetSysctl("net.ipv4.ip_forward", host.Forwarding ? 1 : 0)];
        messages.AddRange(host.Sysctls.Select(s => new SetSysctl(s.Key, s.Value)));
        foreach (InterfaceAddress address in host.Addresses)
        {
            messages.Add(new AddAddress(address.Length == 32 ? "lo" : "eth0", address.Address, address.Length));
        }

        messages.Add(new SetLink("eth0", Up: true));
        AddDefaultRoute(messages, host.DefaultGateway, "eth0");
        AddNeighbours(messages, host.Neighbours);
        return messages;
    }

    /// <summary>The control plane's.</summary>
    public static List<Message> OfControlPlane(InterfaceAddress address, IPv4Address? gateway)
    {
        List<Message> messages = [new AddAddress("eth0", address.Address, address.Length),
        new SetLink("eth0", Up: true)];
        AddDefaultRoute(messages, gateway, "eth0");
        return messages;
    }

    private static void AddDefaultRoute(List<Message> messages, IPv4Address? gateway, string device)
    {
        if (gateway is IPv4Address via)
        {
            messages.Add(new AddRoute(Cidr.All, via, device));
        }
    }

    private static void AddNeighbours(List<Message> messages, IEnumerable<NeighbourSpec> neighbours) =>
        messages.AddRange(neighbours.Select(n => new AddNeighbour(n.Device, n.Address, n.Mac, n.State)));
}
