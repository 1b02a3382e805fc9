using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Engine.Telemetry;

/// <summary>One thing that a kernel, bridge or wire decided about a packet between two of its hops.</summary>
/// <param name="Kind">
/// <c>hook</c>, <c>rule</c>, <c>route</c>, <c>nat</c>, <c>conntrack</c>, <c>fdb</c>, <c>neighbour</c>, <c>tunnel</c>,
/// <c>queue</c>, <c>draw</c>, <c>delivered</c> or <c>dropped</c>.
/// </param>
/// <param name="Text">What, in the tool's own words: a rule as iptables prints it, a route as <c>ip route</c>
/// does.</param>
public sealed record TraceDecision(string Kind, string Text)
{
    private static readonly string[] HookNames = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

    /// <summary>The netfilter hook, for hooks and rules.</summary>
    public string? Hook { get; init; }

    /// <summary>Source and destination before a translation, as <c>ip:port&gt;ip:port</c>.</summary>
    public string? Before { get; init; }

    /// <summary>Source and destination after a translation.</summary>
    public string? After { get; init; }

    /// <summary>Nanoseconds in a queue and on the wire, for <c>queue</c>; what was drawn and out of how many, for
    /// <c>draw</c>.</summary>
    public (long First, long Second)? Figures { get; init; }

    /// <summary>Why, for <c>dropped</c>.</summary>
    public DropReason Reason { get; init; }

    /// <summary>Reads a detail, a delivery or a drop.</summary>
    public static TraceDecision From(in JournalEntry entry)
    {
        string text = TextOf(entry.Subject);
        return entry.Kind switch
        {
            JournalKind.Hook => new TraceDecision("hook", HookName(entry.A)) { Hook = HookName(entry.A) },
            JournalKind.Rule => new TraceDecision("rule", text) { Hook = HookName(entry.A) },
            JournalKind.Nat => Nat(in entry),
            JournalKind.Queue => new TraceDecision("queue", $"queued {entry.A} ns, sent in {entry.B} ns")
            {
                Figures = (entry.A, entry.B),
            },
            JournalKind.Draw => new TraceDecision("draw", $"{text}: {entry.A} of {entry.B}")
            {
                Figures = (entry.A, entry.B),
            },
            JournalKind.Delivered => new TraceDecision("delivered", "delivered"),
            JournalKind.Dropped => new TraceDecision("dropped", RuleOf(in entry) ?? entry.Reason.ToString())
            {
                Reason = entry.Reason,
            },
            _ => new TraceDecision(entry.Kind.ToString().ToLowerInvariant(), text),
        };
    }

    /// <summary>The text of what dropped a packet: a rule, route or entry; null where nothing but the reason is
    /// known.</summary>
    public static string? RuleOf(in JournalEntry dropped) =>
        dropped.Subject is IDescribed or string ? TextOf(dropped.Subject) : null;

    /// <summary>Two endpoints as one <see cref="JournalKind.Nat"/> figure holds one: the address above 16 bits of
    /// port.</summary>
    public static Endpoint Unpack(long figure) => new(new IPv4Address((uint)(figure >> 16)), (ushort)figure);

    private static TraceDecision Nat(in JournalEntry entry)
    {
        var before = entry.Subject as IPv4Packet;
        string after = $"{Unpack(entry.A)}>{Unpack(entry.B)}";
        string was = before is null ? "" : Both(before);
        return new TraceDecision("nat", was.Length == 0 ? after : $"{was} → {after}") { Before = was, After = after };
    }

    private static string Both(IPv4Packet packet) => packet.Payload switch
    {
        UdpDatagram udp => $"{packet.Source}:{udp.SourcePort}>{packet.Destination}:{udp.DestinationPort}",
        TcpSegment tcp => $"{packet.Source}:{tcp.SourcePort}>{packet.Destination}:{tcp.DestinationPort}",
        _ => $"{packet.Source}:0>{packet.Destination}:0",
    };

    private static string HookName(long hook) =>
        hook >= 0 && hook < HookNames.Length ? HookNames[hook] : $"hook {hook}";

    private static string TextOf(object? subject) => subject switch
    {
        null => "",
        IDescribed described => described.Describe(),
        _ => subject.ToString() ?? "",
    };
}
