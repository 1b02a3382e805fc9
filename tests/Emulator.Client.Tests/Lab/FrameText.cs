using Emulator.Core.Journal;
using Emulator.Engine.Telemetry;

namespace Emulator.Client.Tests.Lab;

/// <summary>Frames as lines of text, in the form of the recordings under Facts.</summary>
internal static class FrameText
{
    /// <summary>The line of a frame.</summary>
    public static string Of(SeenFrame seen)
    {
        HopPacket p = HopPacket.From(seen.Frame);
        string direction = seen.Direction == Direction.In ? "in" : "out";
        string line = $"{HostOf(seen)} {seen.Interface.Name} {direction} {p.SourceMac}>{p.DestinationMac} ";
        line += p.Arp is { } arp ? $"arp {arp}" : Header(p);
        return line + (p.Outer is { } o
            ? $" outer=[{o.SourceMac}>{o.DestinationMac} {o.Source.Address}>{o.Destination} ttl={o.TimeToLive} "
                + $"len={o.Length} vni={o.Vni}]" : "");
    }

    /// <summary>The host's name in the recordings.</summary>
    public static string HostOf(SeenFrame seen) =>
        seen.Interface.Netns.Replace("default/", "", StringComparison.Ordinal);

    private static string Header(HopPacket p)
    {
        Core.Packets.IPv4Packet header = p.Header!; // All but ARP have one.
        string text = $"{p.Protocol} {p.SourceText}>{p.DestinationText} ttl={header.TimeToLive} len={p.Length}";
        // The first piece of an echo does not say how long the whole is.
        bool tells = p.Icmp is null || (p.Icmp.Quoted is null && !header.MoreFragments);
        text += p.PayloadLength is int length && tells ? $" plen={length}" : "";
        text += header.DontFragment ? " df" : "";
        text += header.MoreFragments ? " mf" : "";
        text += header.FragmentOffset > 0 ? $" fragoff={header.FragmentOffset}" : "";
        text += p.Tcp is { } tcp ? $" flags={HopPacket.Letters(tcp.Flags)}" : "";
        string options = p.Tcp is { } segment ? string.Join(',', HopPacket.Words(segment.Options)) : "";
        text += options.Length > 0 ? $" opts={options}" : "";
        return text + (p.Icmp is { } icmp ? $" icmp={icmp.Type}/{icmp.Code}" + Icmp(icmp) : "");
    }

    private static string Icmp(HopIcmp icmp) => (icmp.Mtu is int mtu ? $" mtu={mtu}" : "")
        + (icmp.Quoted is not { } q ? ""
            : $" quoted=[{q.Protocol} {q.Source}{Port(q.Ports?.Source)}>{q.Destination}{Port(q.Ports?.Destination)} "
                + $"ttl={q.TimeToLive} len={q.Length}]");

    private static string Port(ushort? port) => port is ushort number ? $":{number}" : "";
}
