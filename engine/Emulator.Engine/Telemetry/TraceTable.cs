using System.Globalization;
using System.Text;
using Emulator.Core.Journal;

namespace Emulator.Engine.Telemetry;

/// <summary>One row of the table that people read.</summary>
/// <param name="Sequence">The hop's place, from 1.</param>
/// <param name="Time">Microseconds since the first hop, with three decimals.</param>
/// <param name="Where"><c>node/netns:interface</c>; the namespace is left out where it is the node's own.</param>
/// <param name="Direction"><c>in</c> or <c>out</c>.</param>
/// <param name="Packet">Protocol, endpoints, flags, length and TTL.</param>
/// <param name="What">What happened: the action and the decisions that say something.</param>
public sealed record TraceRow(int Sequence, string Time, string Where, string Direction, string Packet, string What);

/// <summary>A <see cref="TraceReport"/> for people: rows of a table, or one line.</summary>
public static class TraceTable
{
    /// <summary>The table's rows, one a hop.</summary>
    public static IReadOnlyList<TraceRow> Rows(TraceReport report)
    {
        long start = report.Hops.Count == 0 ? 0 : report.Hops[0].TimeNanoseconds;
        return
        [
            .. report.Hops.Select(h => new TraceRow(
                h.Sequence, Microseconds(h.TimeNanoseconds - start, "F3"), Where(h.Interface),
                h.Direction == Direction.In ? "in" : "out", Summary(h.Packet), What(h))),
        ];
    }

    /// <summary>
    /// One line for regression tests: the path of each packet of <see cref="TracePaths"/>, joined with <c> | </c>;
    /// namespaces named where they change, translations and tunnels on the way, the verdict, and how long the one
    /// packet took, or with several the exchange.
    /// </summary>
    public static string Minimal(TraceReport report)
    {
        IReadOnlyList<TraceHop[]> paths = TracePaths.Of(report);
        if (paths.Count == 0)
        {
            return $"(no hop) : {Verdict(report)}";
        }

        long start = paths[0][0].TimeNanoseconds;
        long end = paths.Max(p => p[^1].EndNanoseconds ?? p[^1].TimeNanoseconds);
        long took = paths.Count > 1 && report.LatencyNanoseconds is long latency ? latency : end - start;
        return $"{string.Join(" | ", paths.Select(PathText))} : {Verdict(report)} {Microseconds(took, "0.###")}us";
    }

    private static string PathText(TraceHop[] path)
    {
        var line = new StringBuilder();
        string netns = "";
        for (int i = 0; i < path.Length; i++)
        {
            TraceHop hop = path[i];
            AppendTranslation(line, path, i);
            if (hop.Packet.Outer is not null)
            {
                continue; // On the underlay the tunnel is named once, at its entrance.
            }

            Separate(line).Append(hop.Interface.Netns == netns ? hop.Interface.Name : hop.Interface.ToString());
            netns = hop.Interface.Netns;
            AppendTunnel(line, path, i);
        }

        return line.ToString();
    }

    private static void AppendTranslation(StringBuilder line, TraceHop[] path, int index)
    {
        if (index == 0 || path[index - 1].Packet is not { } before || path[index].Packet is not { } after)
        {
            return;
        }

        if (before.DestinationText != after.DestinationText)
        {
            Separate(line).Append("DNAT ").Append(before.DestinationText).Append('→').Append(after.DestinationText);
            string? chain = Chain(path[index], "DNAT");
            line.Append(chain is null ? "" : $" [{chain}]");
        }

        if (before.SourceText != after.SourceText)
        {
            Separate(line).Append("SNAT ").Append(before.SourceText).Append('→').Append(after.SourceText);
        }
    }

    private static void AppendTunnel(StringBuilder line, TraceHop[] path, int index)
    {
        if (index + 1 < path.Length && path[index + 1].Packet.Outer is HopOuter outer)
        {
            TraceHop? exit = path.Skip(index + 1).FirstOrDefault(h => h.Packet.Outer is null);
            string to = exit?.Interface.Node ?? outer.Destination.Address.ToString();
            line.Append(CultureInfo.InvariantCulture, $" vni{outer.Vni}→{to}");
        }
    }

    /// <summary>The chain whose rule had this target, from the rule's text.</summary>
    private static string? Chain(TraceHop hop, string target)
    {
        foreach (TraceDecision decision in hop.Decisions)
        {
            string[] words = decision.Kind == "rule" ? decision.Text.Split(' ') : [];
            if (words.Length > 1 && words[0] == "-A" && words.Contains(target))
            {
                return words[1];
            }
        }

        return null;
    }

    private static string Verdict(TraceReport report)
    {
        string verdict = report.Verdict.ToString().ToUpperInvariant();
        string reason = report.Reason == DropReason.None ? "" : $" {report.Reason}";
        return report.Rule is null ? verdict + reason : $"{verdict}{reason} [{report.Rule}]";
    }

    private static string Where(InterfaceName at) => at.Netns == at.Node ? at.ToString() : $"{at.Node}/{at}";

    private static string Summary(HopPacket packet)
    {
        string tunnel = packet.Outer is { } outer
            ? $"vxlan {outer.Vni} {outer.Source.Address}>{outer.Destination.Address} "
            : "";
        if (packet.Arp is not null)
        {
            return $"{tunnel}arp {packet.Arp}";
        }

        string extra = packet.Tcp is { } tcp ? $" {HopPacket.Letters(tcp.Flags)}"
            : packet.Icmp is { } icmp ? $" {icmp.Type}/{icmp.Code}"
            : "";
        string fragment = packet.Header is { IsFragment: true } header ? $" frag {header.FragmentOffset}" : "";
        return $"{tunnel}{packet.Protocol} {packet.SourceText} > {packet.DestinationText}{extra}{fragment}"
            + $" len {packet.Length} ttl {packet.Header?.TimeToLive}";
    }

    private static string What(TraceHop hop)
    {
        var words = new List<string> { hop.Action.ToString() };
        words.AddRange(hop.Decisions.Where(d => d.Kind is not ("hook" or "delivered")).Select(
            d => d.Reason == DropReason.None || d.Text == d.Reason.ToString() ? d.Text : $"{d.Reason}: {d.Text}"));
        return string.Join("; ", words);
    }

    private static StringBuilder Separate(StringBuilder line) => line.Length == 0 ? line : line.Append(" > ");

    private static string Microseconds(long nanoseconds, string format) =>
        (nanoseconds / 1000m).ToString(format, CultureInfo.InvariantCulture);
}
