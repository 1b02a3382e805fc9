using System.Text.RegularExpressions;
using Emulator.Core.Documents;

namespace Emulator.Client.Tests;

/// <summary>Walks as lines of text, one a frame, in the form of the recordings under Facts.</summary>
/// <remarks>
/// Compared as the recordings ask: ARP left out, the outer source port and ports chosen by --random-fully renamed in
/// order of
/// appearance, each packet's own path in order, packets in order of first sight.
/// </remarks>
internal static partial class WalkText
{
    /// <summary>The frames of a recording.</summary>
    public static List<string> Recorded(string file) =>
        Normalised(File.ReadLines(file).Where(l => !l.StartsWith('#') && !IsNoFrame(l)));

    /// <summary>The frames of a trace.</summary>
    public static List<string> Traced(JsonValue trace)
    {
        // Items of a stable order: by packet, as each was first seen; within a packet as they come.
        JsonValue[] hops = [.. trace["hops"]!.Items.Where(h => Text(h, "proto") != "arp")]; // Traces have hops.
        List<string?> packets = [.. hops.Select(h => Text(h, "id")).Distinct()];
        return Normalised(hops.OrderBy(h => packets.IndexOf(Text(h, "id"))).Select(Line));
    }

    private static bool IsNoFrame(string line) =>
        line.StartsWith("app ", StringComparison.Ordinal) || line.StartsWith("conntrack ", StringComparison.Ordinal);

    private static string? Text(JsonValue hop, string name) => hop["packet"]?[name]?.AsString;

    private static string Line(JsonValue hop)
    {
        JsonValue p = hop["packet"]!; // Each hop has a packet.
        string netns = hop["netns"]!.AsString!.Replace("default/", "", StringComparison.Ordinal); // Pods are p1a …
        var line = $"{netns} {hop["interface"]!.AsString} {hop["direction"]!.AsString} "
            + $"{p["smac"]!.AsString}>{p["dmac"]!.AsString} "
            + $"{p["proto"]!.AsString} {p["src"]!.AsString}>{p["dst"]!.AsString} ttl={p["ttl"]} len={p["length"]}";
        line += p["plen"] is { } payload && p["icmp"]?["quoted"] is null ? $" plen={payload}" : "";
        line += p["df"]?.AsBool == true ? " df" : "";
        line += p["flags"]?.AsString is { } flags ? $" flags={flags}" : "";
        line += p["opts"] is { } options ? $" opts={string.Join(',', options.Items.Select(o => o.AsString))}" : "";
        line += p["icmp"] is { } icmp ? $" icmp={icmp["type"]}/{icmp["code"]}" + Quoted(icmp["quoted"]) : "";
        return line + Outer(p["outer"]);
    }

    private static string Quoted(JsonValue? q) => q is null ? ""
        : $" quoted=[{q["proto"]!.AsString} {q["src"]!.AsString}:{q["sport"]}>{q["dst"]!.AsString}:{q["dport"]} "
          + $"ttl={q["ttl"]} len={q["len"]}]";

    private static string Outer(JsonValue? o) => o is null ? ""
        : $" outer=[{o["smac"]!.AsString}>{o["dmac"]!.AsString} {o["src"]!.AsString}>{o["dst"]!.AsString}:{o["dport"]} "
          + $"ttl={o["ttl"]} len={o["length"]} vni={o["vni"]}]";

    // Ports that a kernel chose at random get names; the known ones stay.
    private static List<string> Normalised(IEnumerable<string> lines)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        return [.. lines.Select(l => ChosenPort().Replace(l, m =>
        {
            string port = m.Groups[1].Value;
            if (Known(int.Parse(port, null)))
            {
                return m.Value;
            }

            if (!names.TryGetValue(port, out string? name))
            {
                names.Add(port, name = $"R{names.Count + 1}");
            }

            return ":" + name;
        }))];
    }

    private static bool Known(int port) => port is 80 or 53 or 8080 or 5353 or 8472 or (>= 30_053 and <= 30_087)
        or (>= 41_000 and <= 42_099);

    [GeneratedRegex(@"(?<=\d+\.\d+\.\d+\.\d+):(\d+)")]
    private static partial Regex ChosenPort();
}
