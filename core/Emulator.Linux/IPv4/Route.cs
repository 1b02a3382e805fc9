using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.IPv4;

/// <summary>One route of the main table, as <c>ip route</c> shows it.</summary>
/// <param name="Destination">Which addresses it is for.</param>
/// <param name="Type">What it does with a packet.</param>
/// <param name="Gateway">The next hop; null when the destination is on the link.</param>
/// <param name="Device">Where it leaves; null for routes that drop.</param>
/// <param name="Source">The preferred source address, or null.</param>
/// <param name="Metric">Lower wins among equal prefixes.</param>
/// <param name="OnLink">Pretend that the gateway is on the link.</param>
/// <param name="IsConnected">Made by the kernel for an address (<c>proto kernel scope link</c>).</param>
public sealed record Route(
    Cidr Destination, RouteType Type, IPv4Address? Gateway, NetDevice? Device, IPv4Address? Source,
    int Metric, bool OnLink, bool IsConnected) : IDescribed
{
    /// <summary>The route in <c>ip route</c>'s own format.</summary>
    public string Describe()
    {
        string kind = Type switch
        {
            RouteType.Blackhole => "blackhole ",
            RouteType.Unreachable => "unreachable ",
            RouteType.Prohibit => "prohibit ",
            _ => "",
        };
        string prefix = Destination.Length == 0 ? "default"
            : Destination.Length == 32 ? Destination.Address.ToString() : Destination.ToString();
        return kind + prefix
            + (Gateway is { } gateway ? $" via {gateway}" : "")
            + (Device is { } device ? $" dev {device.Name}" : "")
            + (IsConnected ? " proto kernel scope link" : Gateway is null && Device is not null ? " scope link" : "")
            + (Source is { } source ? $" src {source}" : "")
            + (Metric != 0 ? $" metric {Metric}" : "")
            + (Device is { HasCarrier: false } ? " linkdown" : "")
            + (OnLink ? " onlink" : "");
    }
}
