using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Decides a connection's translation once, and applies it to each of its packets in both directions.
/// </summary>
/// <remarks>Source: nf_nat_core and nf_nat_proto. A translation is kept as the difference between the entry's two
/// tuples.</remarks>
internal static class Nat
{
    /// <summary>Whether the entry's source (or destination) translation is decided.</summary>
    public static bool IsDecided(in ConntrackEntry entry, bool source) =>
        entry.Has(source ? ConntrackFlags.SourceNatDone : ConntrackFlags.DestinationNatDone);

    /// <summary>Decides the destination; port 0 keeps the packet's own.</summary>
    public static void DecideDestination(ref ConntrackEntry entry, IPv4Address address, ushort port)
    {
        ConntrackTuple tuple = entry.Reply.Inverse;
        ConntrackTuple wanted = tuple.WithDestination(address);
        wanted = port == 0 || tuple.Protocol == IPProtocol.Icmp ? wanted : wanted.WithDestinationPort(port);
        Set(ref entry, tuple, wanted, source: false);
    }

    /// <summary>
    /// Decides the source: this address, and a port with which the replies are unique. None, or why it fails.
    /// </summary>
    public static DropReason DecideSource(
        Conntrack table, int index, IPv4Address address, bool randomFully, ref RandomStream dice, long now)
    {
        ConntrackTuple tuple = table[index].Reply.Inverse;
        ConntrackTuple wanted = tuple.WithSource(address);
        if (!NatPorts.TryFind(table, index, ref wanted, randomFully, ref dice, now))
        {
            return DropReason.NatPortsExhausted;
        }

        // The search may have ended entries, but never moves the slab.
        Set(ref table[index], tuple, wanted, source: true);
        return DropReason.None;
    }

    /// <summary>
    /// No rule wants a translation: the end stays as it is, unless its replies would be mistaken for another's.
    /// </summary>
    public static DropReason DecideNothing(Conntrack table, int index, bool source, ref RandomStream dice, long now)
    {
        ref ConntrackEntry entry = ref table[index];
        if (!source)
        {
            entry.Flags |= ConntrackFlags.DestinationNatDone;
            return DropReason.None;
        }

        return DecideSource(table, index, entry.Reply.Destination, randomFully: false, ref dice, now);
    }

    /// <summary>Whether packets of a direction are changed at a source (or destination) hook.</summary>
    public static bool Applies(in ConntrackEntry entry, bool source, bool reply) =>
        entry.Has(source != reply ? ConntrackFlags.SourceNat : ConntrackFlags.DestinationNat);

    /// <summary>The packet as it leaves the hook.</summary>
    public static IPv4Packet Apply(in ConntrackEntry entry, IPv4Packet packet, bool source, bool reply)
    {
        ConntrackTuple target = entry.Tuple(!reply).Inverse;
        return PacketRewrite.To(packet, target, source);
    }

    /// <summary>
    /// An ICMP error about a translated connection: the packet that it quotes is translated back, and the error comes
    /// from, or goes to, whom the quoted packet's sender knows.
    /// </summary>
    public static IPv4Packet ApplyToError(
        in ConntrackEntry entry, IPv4Packet packet, IcmpMessage error, bool source, bool reply)
    {
        ConntrackTuple sent = entry.Tuple(!reply);
        IPv4Packet quoted = PacketRewrite.To(error.Quoted!, sent, !source); // RELATED errors quote a packet.
        IPv4Address address = source ? sent.Destination : sent.Source;
        return PacketRewrite.ToAddress(packet with { Payload = error with { Quoted = quoted } }, address, source);
    }

    private static void Set(ref ConntrackEntry entry, in ConntrackTuple before, in ConntrackTuple after, bool source)
    {
        if (after != before)
        {
            entry.Reply = after.Inverse;
            entry.Flags |= source ? ConntrackFlags.SourceNat : ConntrackFlags.DestinationNat;
        }

        entry.Flags |= source ? ConntrackFlags.SourceNatDone : ConntrackFlags.DestinationNatDone;
    }
}
