using Emulator.Core.Addresses;
using Emulator.Linux.NetDevices;

namespace Emulator.Linux.Netfilter;

/// <summary>What netfilter asks of the namespace that it works in.</summary>
public interface INetfilterHost
{
    /// <summary>What kind of address this is here.</summary>
    AddressType TypeOf(IPv4Address address);

    /// <summary>
    /// The address that MASQUERADE gives packets leaving by a device for a destination; null when it has none.
    /// </summary>
    IPv4Address? SourceFor(NetDevice device, IPv4Address destination);
}
