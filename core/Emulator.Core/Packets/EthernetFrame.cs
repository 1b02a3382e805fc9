using Emulator.Core.Actors;
using Emulator.Core.Addresses;

namespace Emulator.Core.Packets;

/// <summary>An Ethernet II frame, and the message that carries a packet from one actor to the next.</summary>
/// <remarks>
/// Source: IEEE 802.3. No FCS, no padding, no VLAN tag, as a capture on Linux shows it.
/// <code>
///  0                   6                  12        14
///  +-------------------+-------------------+---------+----------
///  |    destination    |      source       |  type   | payload
///  +-------------------+-------------------+---------+----------
/// </code>
/// </remarks>
/// <param name="Source">The sender's address.</param>
/// <param name="Destination">The receiver's address, or a group.</param>
/// <param name="Payload">What it carries.</param>
public sealed record EthernetFrame(MacAddress Source, MacAddress Destination, NetworkPacket Payload) : Message
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 14;

    /// <inheritdoc/>
    public override int PacketCount => 1;

    /// <summary>Bytes on the wire: header and payload.</summary>
    public int Length => HeaderLength + Payload.Length;
}
