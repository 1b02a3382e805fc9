namespace Emulator.Core.Packets;

/// <summary>
/// Who a packet is, whatever happens to its headers: it rides with the packet object through NAT, tunnels and proxies.
/// Not on the wire.
/// </summary>
/// <param name="Packet">The packet's own id; copies made by flooding or duplication share it.</param>
/// <param name="Flow">The application exchange that caused it: the trace id. 0 where nobody's exchange did.</param>
/// <param name="IsReply">True from the server's side of the exchange to the client's.</param>
public readonly record struct PacketIdentity(ulong Packet, ulong Flow, bool IsReply);
