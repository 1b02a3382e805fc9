using Emulator.Core.Addresses;

namespace Emulator.Core.Packets;

/// <summary>What an ARP packet asks or says.</summary>
public enum ArpOperation : ushort
{
    /// <summary>Who has the target address?</summary>
    Request = 1,

    /// <summary>I have, here.</summary>
    Reply = 2,
}

/// <summary>An ARP packet for IPv4 over Ethernet, 28 bytes.</summary>
/// <remarks>Source: RFC 826.</remarks>
public sealed record ArpPacket(
    ArpOperation Operation,
    MacAddress SenderMac,
    IPv4Address SenderAddress,
    MacAddress TargetMac,
    IPv4Address TargetAddress) : NetworkPacket
{
    /// <inheritdoc/>
    public override int Length => 28;

    /// <inheritdoc/>
    public override EtherType EtherType => EtherType.Arp;
}
