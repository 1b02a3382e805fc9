namespace Emulator.Core.Packets;

/// <summary>What an Ethernet frame carries. Source: IANA "IEEE 802 Numbers".</summary>
public enum EtherType : ushort
{
    /// <summary>Internet Protocol version 4.</summary>
    IPv4 = 0x0800,

    /// <summary>Address Resolution Protocol.</summary>
    Arp = 0x0806,
}
