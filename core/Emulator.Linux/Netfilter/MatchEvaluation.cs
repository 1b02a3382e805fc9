using System.Diagnostics;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;

namespace Emulator.Linux.Netfilter;

/// <summary>Matches that depend on nothing but the packet and the namespace's addresses; no dice, no lists.</summary>
internal static class MatchEvaluation
{
    /// <summary>Whether a match holds.</summary>
    public static bool Holds(Match match, in PacketView view, in SkBuff skb, INetfilterHost host)
    {
        switch (match)
        {
            case AddressTypeMatch type:
                return HoldsType(type, skb.Packet, host);
            case SourceMatch source:
                return source.Cidr.Contains(skb.Packet.Source) != source.Negated;
            case DestinationMatch destination:
                return destination.Cidr.Contains(skb.Packet.Destination) != destination.Negated;
            case MarkMatch mark:
                return ((view.Mark & mark.Mask) == mark.Value) != mark.Negated;
            case ConntrackStateMatch state:
                return ((view.States & (byte)state.States) != 0) != state.Negated;
            case InInterfaceMatch input:
                return HoldsName(input.Name, skb.In) != input.Negated;
            case OutInterfaceMatch output:
                return HoldsName(output.Name, skb.Out) != output.Negated;
            case ProtocolMatch protocol:
                return (view.Protocol == protocol.Protocol) != protocol.Negated;
            case SourcePortMatch port:
                return HoldsPort(view, port.Protocol, view.SourcePort, port.First, port.Last, port.Negated);
            case DestinationPortMatch port:
                return HoldsPort(view, port.Protocol, view.DestinationPort, port.First, port.Last, port.Negated);
            case IcmpTypeMatch icmp:
                return skb.Packet.Payload is IcmpMessage message && (byte)message.Type == icmp.Type
                    && (icmp.Code is not byte code || message.Code == code);
            case CommentMatch or ProtocolExtensionMatch:
                return true;
            default:
                throw new UnreachableException($"No evaluation for the match {match.GetType().Name}.");
        }
    }

    private static bool HoldsPort(
        in PacketView view, IPProtocol protocol, int port, ushort first, ushort last, bool negated) =>
        view.Protocol == protocol && port >= 0 && (port >= first && port <= last) != negated;

    private static bool HoldsType(AddressTypeMatch type, IPv4Packet packet, INetfilterHost host) =>
        (type.SourceType is not AddressType source || HoldsType(source, host.TypeOf(packet.Source)) != type.Negated)
        && (type.DestinationType is not AddressType destination
            || HoldsType(destination, host.TypeOf(packet.Destination)) != type.Negated);

    private static bool HoldsType(AddressType wanted, AddressType type) =>
        wanted == AddressType.Unspecified || wanted == type;

    private static bool HoldsName(string wanted, NetDevice? device)
    {
        string name = device?.Name ?? "";
        return wanted.EndsWith('+')
            ? name.AsSpan().StartsWith(wanted.AsSpan(0, wanted.Length - 1), StringComparison.Ordinal)
            : name == wanted;
    }
}
