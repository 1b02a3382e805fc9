using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.Netfilter;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Linux.NetDevices;

/// <summary>Which netfilter hooks a bridged frame is at (br_netfilter).</summary>
public enum BridgeStage : byte
{
    /// <summary>PREROUTING: it just came in by a port.</summary>
    Prerouting,

    /// <summary>FORWARD and POSTROUTING: it is about to leave by another port.</summary>
    Forward,
}

/// <summary>What the kernel noted about a packet and must not forget while the bridge has it.</summary>
public readonly record struct PacketMark(
    uint Mark, ulong ConntrackId, ConntrackStates State, bool IsReplyDirection, ushort FragmentLengthMax);

/// <summary>The bridge asks its node: may this frame pass? Zero time. The message carries the frame; the bridge keeps
/// nothing.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="InPort">The port that it came in by.</param>
/// <param name="OutPort">The port that it would leave by, at <see cref="BridgeStage.Forward"/>.</param>
/// <param name="Stage">Which hooks.</param>
/// <param name="Mark">What is known about the packet.</param>
public sealed record BridgeHook(
    EthernetFrame Frame, int InPort, int OutPort, BridgeStage Stage, PacketMark Mark) : Message
{
    /// <inheritdoc/>
    public override int PacketCount => 1;
}

/// <summary>The node's answer: the frame goes on, maybe translated. A frame that may not pass is not
/// answered.</summary>
public sealed record BridgeVerdict(
    EthernetFrame Frame, int InPort, int OutPort, BridgeStage Stage, PacketMark Mark) : Message
{
    /// <inheritdoc/>
    public override int PacketCount => 1;
}

/// <summary>Adds a port to a bridge's actor, or changes one.</summary>
/// <param name="Number">The port's number, from 1.</param>
/// <param name="Name">The interface's name for the journal.</param>
/// <param name="Peer">The namespace at the other end of the veth pair.</param>
/// <param name="PeerIndex">The other end's ifindex.</param>
/// <param name="Hairpin">Whether frames may go back out of it.</param>
/// <param name="IsUp">Whether it is up.</param>
/// <param name="Mac">Its own address, for <c>bridge fdb</c>.</param>
/// <param name="Mtu">In bytes: longer packets neither come in nor leave by it.</param>
/// <param name="HasCarrier">Whether the other end is up too.</param>
internal sealed record SetBridgePort(
    int Number, InterfaceName Name, ActorRef Peer, int PeerIndex, bool Hairpin, bool IsUp,
    MacAddress Mac = default, int Mtu = ushort.MaxValue, bool HasCarrier = true) : Message
{
    /// <summary>Whether frames pass.</summary>
    public bool Works => IsUp && HasCarrier;
}

/// <summary>The namespace's end of a port's veth pair went up or down.</summary>
/// <param name="Number">The port.</param>
/// <param name="Index">The node's ifindex of its end.</param>
/// <param name="HasCarrier">Whether the other end is up.</param>
internal sealed record SetPortCarrier(int Number, int Index, bool HasCarrier) : Message;

/// <summary>Removes a port and what was learned behind it.</summary>
internal sealed record RemoveBridgePort(int Number) : Message;

/// <summary><c>tc qdisc replace</c> for a port of a bridge; both null for none.</summary>
internal sealed record SetPortQdisc(int Number, TbfOptions? Tbf, NetemOptions? Netem) : Message;

/// <summary><c>bridge-nf-call-iptables</c>: whether bridged IPv4 frames pass their node's netfilter hooks.</summary>
internal sealed record SetBridgeNetfilter(bool CallsIptables) : Message;

/// <summary>A veth end for a namespace: sent by the node that made the pair.</summary>
internal sealed record AttachVeth(
    string Name, int Index, MacAddress Mac, int Mtu, ActorRef Bridge, int BridgePort, int PeerIndex) : Message;

/// <summary>The other end of a veth pair went up or down.</summary>
internal sealed record SetCarrier(int Index, bool HasCarrier) : Message;
