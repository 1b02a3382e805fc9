#pragma warning disable CS1591
using Emulator.Core.Actors; using Emulator.Core.Packets; using Emulator.Linux.Sockets;
namespace Emulator.Linux.Processes { public sealed class ProcessTable(INetworkLayer n) {
 public INetworkLayer N=>n; public bool Receive(IPv4Packet p, Outbox o)=>false; public void ReceiveEchoReply(IPv4Packet p, IcmpMessage i, Outbox o){} public void ReceiveError(IcmpMessage i, IPv4Packet p, Outbox o){}
 public bool HandleTimer(Message m, Outbox o)=>false; public void HandleMessage(Message m, Outbox o){} public void Start(string c, Program p, Outbox o){} public void Kill(string c, Outbox o){} } }
