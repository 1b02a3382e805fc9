using Emulator.Core.Addresses;

namespace Emulator.Cluster.Spec;

/// <summary>A zone: a switch and the machines on it.</summary>
/// <param name="Name">Its name, such as <c>zone-1</c>; also the value of the label
/// <c>topology.kubernetes.io/zone</c>.</param>
/// <param name="Subnet">The addresses of its machines. All zones share one where the underlay is l2.</param>
/// <param name="Gateway">The router's address in the subnet; null where the underlay is l2 (a host is the gateway
/// there).</param>
/// <param name="SwitchName">The switch's name; default <c>switch-ZONE</c>.</param>
/// <param name="SwitchMac">The switch's own address.</param>
public sealed record ZoneSpec(string Name, Cidr Subnet, IPv4Address? Gateway, string SwitchName, MacAddress SwitchMac);
