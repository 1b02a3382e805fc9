using System.Text.RegularExpressions;
using Emulator.Core.Journal;

namespace Emulator.Client.Tests.Lab;

/// <summary>Compares frames packet by packet: each packet's own path in order, and packets in order of first sight at
/// each interface.</summary>
/// <remarks>
/// A recording names no packets. Its k-th frame at an interface in a direction is the packet of our k-th frame there:
/// first the frames at each place are compared, then with those names the paths and the order of first sight. Left out
/// as the recordings ask: ports that a kernel chose at random, and stray unicast ARP probes outside of the cold
/// scenarios.
/// </remarks>
internal sealed partial class WalkComparison
{
    private readonly WalkRules _rules;
    private readonly HashSet<string> _knownPorts;

    public WalkComparison(WalkRules rules)
    {
        _rules = rules;
        _knownPorts = [.. rules.KnownPorts.Select(p => $"{p}")];
    }

    /// <summary>How a recording and our frames differ; empty where they do not.</summary>
    public string Differences(IEnumerable<string> recording, LabSight sight)
    {
        (string Line, string Packet)[] seen = Compared(sight);
        string[] lines = [.. Named(recording.Where(l => _rules.IsCold || !IsProbe(l)))];
        Dictionary<string, Queue<string>> packets = seen.GroupBy(f => PlaceOf(f.Line))
            .ToDictionary(g => g.Key, g => new Queue<string>(g.Select(f => f.Packet)));
        (string Line, string Packet)[] recorded = [.. lines.Select(
            l => (l, packets.TryGetValue(PlaceOf(l), out Queue<string>? q) && q.Count > 0 ? q.Dequeue() : "none"))];
        string frames = TextDifference.Of(ByPlace(recorded), ByPlace(seen));
        return frames.Length > 0 ? "frames at each place: " + frames
            : TextDifference.Of(ByPacket(recorded), ByPacket(seen)) is { Length: > 0 } paths
                ? "each packet's path: " + paths
            : _rules.Interleaves ? ""
            : TextDifference.Of(FirstSights(recorded), FirstSights(seen)) is { Length: > 0 } order
                ? "order of first sight: " + order
            : "";
    }

    /// <summary>Frames as lines, in their order.</summary>
    public IEnumerable<string> Lines(IEnumerable<SeenFrame> frames)
    {
        var numbers = new TcpNumbers(_rules.WindowsCount);
        return frames.Select(f => FrameText.Of(f)
            + (_rules.NumbersCount ? numbers.Of(Engine.Telemetry.HopPacket.From(f.Frame)) : ""));
    }

    /// <summary>Lines of text with chosen ports and countdowns renamed, in an order of their own.</summary>
    public IEnumerable<string> Unordered(IEnumerable<string> lines) => lines
        .Select(l => TrackedPort().Replace(SecondsLeft().Replace(l, "$1"), Chosen))
        .Order(StringComparer.Ordinal);

    /// <summary>What applications saw, in an order of its own: times, the order of tracked connections and
    /// interfaces' numbers (the order in which they were made) left out, chosen ports renamed.</summary>
    public IEnumerable<string> OfApp(IEnumerable<string> lines) => lines
        .Where(l => !l.Contains("after_ms=", StringComparison.Ordinal)).Select(l => l.TrimStart())
        .Where(l => !l.EndsWith('='))
        .Select(l => PeerIndex().Replace(
            l.Contains("mark=0", StringComparison.Ordinal) ? ListPlace().Replace(l, "=") : l, "@if"))
        .Select(l => TrackedPort().Replace(SecondsLeft().Replace(EndpointPort().Replace(l, Chosen), "$1"), Chosen))
        .Order(StringComparer.Ordinal);

    private (string Line, string Packet)[] Compared(LabSight sight)
    {
        SeenFrame[] heard = [.. sight.Frames.Where(_rules.Listens)];
        (SeenFrame Frame, string Line)[] compared =
            [.. heard.Zip(Lines(heard)).Where(f => _rules.IsCold || !IsProbe(f.Second))];
        return [.. Named(compared.Select(f => f.Line)).Zip(compared, (line, f) => (line, PacketOf(f.Frame)))];
    }

    // Fragments of one packet go their own ways.
    private static string PacketOf(SeenFrame seen)
    {
        var packet = Engine.Telemetry.HopPacket.From(seen.Frame);
        return $"{packet.Identity.Packet:x}+{packet.Header?.FragmentOffset}";
    }

    private static IEnumerable<string> ByPlace(IEnumerable<(string Line, string Packet)> frames) => frames
        .GroupBy(f => PlaceOf(f.Line)).OrderBy(g => g.Key, StringComparer.Ordinal)
        .SelectMany(g => g.Select(f => f.Line));

    private IEnumerable<string> ByPacket(IEnumerable<(string Line, string Packet)> frames) => frames
        .GroupBy(f => f.Packet).OrderBy(g => g.Key, StringComparer.Ordinal)
        .SelectMany(g => (_rules.BroadcastsRace && g.Any(f => IsBroadcast(f.Line))
            ? g.OrderBy(f => f.Line.Split(' ')[0], StringComparer.Ordinal) : g.AsEnumerable())
            .Select(f => $"{g.Key} {f.Line}"));

    private static IEnumerable<string> FirstSights(IEnumerable<(string Line, string Packet)> frames) => frames
        .GroupBy(f => InterfaceOf(f.Line)).OrderBy(g => g.Key, StringComparer.Ordinal)
        .SelectMany(g => g.DistinctBy(f => f.Packet).Select(f => $"{f.Packet} {f.Line}"));

    private static string InterfaceOf(string line) => string.Join(' ', line.Split(' ').Take(2));

    private static string PlaceOf(string line) => string.Join(' ', line.Split(' ').Take(3));

    private static bool IsBroadcast(string line) =>
        line.Contains(">ff:ff:ff:ff:ff:ff ", StringComparison.Ordinal);

    // Who asks one neighbour by its address confirms what it knows.
    private static bool IsProbe(string line) =>
        line.Contains(" arp ", StringComparison.Ordinal)
        && !line.Contains("ff:ff:ff:ff:ff:ff", StringComparison.Ordinal);

    // Chosen ports get names in order of appearance.
    private IEnumerable<string> Named(IEnumerable<string> lines)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        return lines.Select(l => EndpointPort().Replace(l, m =>
        {
            string port = m.Groups[1].Value;
            if (_knownPorts.Contains(port))
            {
                return m.Value;
            }

            if (!names.TryGetValue(port, out string? name))
            {
                names.Add(port, name = $"R{names.Count + 1}");
            }

            return ":" + name;
        })).ToArray();
    }

    private string Chosen(Match match) => _knownPorts.Contains(match.Groups[^1].Value)
        ? match.Value : match.Value[..^match.Groups[^1].Length] + "R";

    [GeneratedRegex(@"(?<=\d+\.\d+\.\d+\.\d+):(\d+)")]
    private static partial Regex EndpointPort();

    [GeneratedRegex(@"\b(?:sport|dport|id)=(\d+)")]
    private static partial Regex TrackedPort();

    [GeneratedRegex(@"\b((?:tcp|udp|icmp) +\d+ )\d+ ")]
    private static partial Regex SecondsLeft();

    [GeneratedRegex(@"\.\d+=")]
    private static partial Regex ListPlace();

    [GeneratedRegex(@"@if\d+")]
    private static partial Regex PeerIndex();
}
