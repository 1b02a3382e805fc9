using Emulator.Core.Addresses;
using Emulator.Core.Journal;

namespace Emulator.Linux.NetDevices;

/// <summary>What every interface of a network namespace has, as <c>ip link</c> shows it.</summary>
/// <param name="index">The ifindex, from 1 (lo).</param>
/// <param name="journalName">Namespace and name for the journal.</param>
/// <param name="mac">The hardware address; zero for lo.</param>
/// <param name="mtu">The largest IP packet that it sends, in bytes.</param>
public abstract class NetDevice(int index, InterfaceName journalName, MacAddress mac, int mtu)
{
    /// <summary>The ifindex.</summary>
    public int Index { get; } = index;

    /// <summary>The name, such as <c>eth0</c>.</summary>
    public string Name => JournalName.Name;

    /// <summary>Namespace and name for the journal.</summary>
    public InterfaceName JournalName { get; } = journalName;

    /// <summary>The hardware address.</summary>
    public MacAddress Mac { get; set; } = mac;

    /// <summary>The largest IP packet that it sends, in bytes.</summary>
    public int Mtu { get; set; } = mtu;

    /// <summary>Whether an administrator has it up (<c>ip link set up</c>).</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Whether the other end is there (<c>LOWER_UP</c>).</summary>
    public bool HasCarrier { get; set; } = true;
}
