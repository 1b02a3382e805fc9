#pragma warning disable CS1591
using Emulator.Core.Actors; using Emulator.Core.Packets; using Emulator.Linux.Sockets; using Emulator.Linux.Netlink; using Emulator.Core.Journal;
namespace Emulator.Linux.Processes { public sealed class ProcessTable(INetworkLayer n) {
 public INetworkLayer N=>n; public bool Receive(IPv4Packet p, Outbox o)=>false; public void ReceiveEchoReply(IPv4Packet p, IcmpMessage i, Outbox o){} public void ReceiveError(IcmpMessage i, IPv4Packet p, Outbox o){}
 public bool HandleTimer(Message m, Outbox o)=>false; public void HandleMessage(Message m, Outbox o){} public void Start(string c, Program p, Outbox o){} public void Kill(string c, Outbox o){} } }
namespace Emulator.Linux.Netfilter { public sealed class Netfilter(INetfilterHost h, ActorRef s, ulong seed) { public bool IsActive => h is not null && s is not null && seed > 0; public void Replace(ReplaceTable r){} public void Delete(DeleteConntrack d){} public NetfilterVerdict Run(Hook h, ref SkBuff s, Outbox o)=>default; public IEnumerable<string> DescribeConntrack()=>[]; }
 public static class IptablesSave { public static string Write(Netfilter n)=>""; } }
