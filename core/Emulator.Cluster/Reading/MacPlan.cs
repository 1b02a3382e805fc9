using Emulator.Cluster.Spec;
using Emulator.Core.Addresses;

namespace Emulator.Cluster.Reading;

/// <summary>Hardware addresses where the document gives none: locally administered, a function of address or
/// number.</summary>
/// <remarks>0a:58 and the address is what the CNI bridge plugin uses for pods; the rest are ours.</remarks>
public static class MacPlan
{
    /// <summary>A machine's interface: 02:00 and its address.</summary>
    public static MacAddress Nic(IPv4Address address) => new(0x0200_0000_0000 | (ulong)address.Value);

    /// <summary>A switch's port: 0e:00 and the address of the machine on it.</summary>
    public static MacAddress SwitchPort(IPv4Address address) => new(0x0E00_0000_0000 | (ulong)address.Value);

    /// <summary>A pod's eth0, or a node's cni0: 0a:58 and its address.</summary>
    public static MacAddress Pod(IPv4Address address) => new(0x0A58_0000_0000 | (ulong)address.Value);

    /// <summary>The host's end of a pod's veth pair: 0e:58 and the pod's address.</summary>
    public static MacAddress HostVeth(IPv4Address address) => new(0x0E58_0000_0000 | (ulong)address.Value);

    /// <summary>A node's flannel.1: 02:f1 and the node's number, from 1, as 32 bits.</summary>
    public static MacAddress Vtep(int number) => new(0x02F1_0000_0000UL | (uint)number);

    /// <summary>A switch: 02:51 and the zone's number, from 1, as 32 bits.</summary>
    public static MacAddress Switch(int number) => new(0x0251_0000_0000UL | (uint)number);

    /// <summary>A switch's port for a machine: as written, else by name and address.</summary>
    internal static PortSpec Port(DeviceDraft written, string machine, int number, IPv4Address address)
    {
        string name = $"sw-{machine}".Length <= NameText.InterfaceLengthMax ? $"sw-{machine}" : $"swp{number}";
        return new PortSpec(written.Name ?? name, written.Mac ?? SwitchPort(address));
    }
}
