using System.Globalization;
using Emulator.Core.Documents;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Client.Fuzzing;

/// <summary>All cases' figures, each counted once however many numbers of shards it ran on.</summary>
internal sealed class FuzzTotals
{
    private readonly SortedDictionary<DropReason, long> _drops = [];
    private readonly long[] _refused = new long[Enum.GetValues<DecodeError>().Length];
    private readonly List<CaseResult> _failed = [];
    private long _hops;
    private long _cutShort;
    private long _originated;
    private long _copied;
    private long _fragmented;
    private long _delivered;
    private long _dropped;
    private long _absorbed;
    private long _inFlight;
    private CaseResult? _slowest;

    /// <summary>Cases that ended.</summary>
    public int Cases { get; private set; }

    /// <summary>Frames put into the network.</summary>
    public long Injected { get; private set; }

    /// <summary>The cases that failed, by number.</summary>
    public IReadOnlyList<CaseResult> Failed => [.. _failed.OrderBy(f => f.Number)];

    /// <summary>Adds a case.</summary>
    public void Add(CaseResult result)
    {
        CaseFigures figures = result.Figures;
        Cases++;
        Injected += figures.Injected;
        _hops += figures.Hops;
        _cutShort += figures.IsCutShort ? 1 : 0;
        _originated += figures.Ledger.Originated;
        _copied += figures.Ledger.Copied;
        _fragmented += figures.Ledger.Fragmented;
        _delivered += figures.Ledger.Delivered;
        _dropped += figures.Ledger.Dropped;
        _absorbed += figures.Ledger.Absorbed;
        _inFlight += figures.InFlight;
        foreach ((DropReason reason, long packets) in figures.Ledger.DroppedByReason)
        {
            _drops[reason] = _drops.GetValueOrDefault(reason) + packets;
        }

        for (int i = 0; i < _refused.Length; i++)
        {
            _refused[i] += figures.Refused[i];
        }

        _slowest = _slowest is null || result.Wall > _slowest.Wall ? result : _slowest;
        if (result.Problem is not null)
        {
            _failed.Add(result);
        }
    }

    /// <summary>Prints the figures.</summary>
    public void Write(TextWriter output, IReadOnlyList<int> shards, TimeSpan wall)
    {
        decimal seconds = Math.Max(0.001m, (decimal)wall.TotalSeconds);
        output.WriteLine($"cases: {Cases}, {_failed.Count} failed, {_cutShort} cut short for too many events");
        output.WriteLine($"frames: {Injected} sent, {_hops} seen at devices, {_refused.Sum()} byte strings refused by "
            + "the parser");
        output.WriteLine("refused: " + Join(Refused().Select(r => $"{r.Value} {r.Key}")));
        output.WriteLine("drops: " + Join(_drops.Select(d => $"{d.Value} {d.Key}")));
        output.WriteLine($"ledger: {_originated} originated + {_copied} copied + {_fragmented} fragments = "
            + $"{_delivered} delivered + {_dropped} dropped + {_absorbed} absorbed + {_inFlight} in flight");
        output.WriteLine("digests: " + (_failed.Count > 0 ? "see the failed cases"
            : Cases == 0 ? "not compared: no case ran"
            : shards.Count < 2 ? $"not compared: {shards[0]} is the only number of shards"
            : $"equal on {string.Join(", ", shards)} shards in every case"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds:F1} s, {Injected / seconds:F0} frames/s, each on {shards.Count} numbers of shards; the slowest "
            + $"case was {_slowest?.Number} with {_slowest?.Wall.TotalSeconds:F1} s"));
    }

    /// <summary>The same as JSON.</summary>
    public string ToJson(ulong seed, IReadOnlyList<int> shards, TimeSpan wall)
    {
        JsonObject json = JsonObject.Of(
            ("seed", seed.ToString(CultureInfo.InvariantCulture)),
            ("shards", new JsonArray([.. shards.Select(s => (JsonValue)s)])),
            ("cases", Cases), ("cutShort", _cutShort), ("framesSent", Injected), ("framesAtDevices", _hops),
            ("refused", Counts(Refused().Select(r => KeyValuePair.Create(r.Key.ToString(), r.Value)))),
            ("drops", Counts(_drops.Select(d => KeyValuePair.Create(d.Key.ToString(), d.Value)))),
            ("ledger", JsonObject.Of(
                ("originated", _originated), ("copied", _copied), ("fragmented", _fragmented),
                ("delivered", _delivered), ("dropped", _dropped), ("absorbed", _absorbed), ("inFlight", _inFlight))),
            ("failed", new JsonArray([.. Failed.Select(f => JsonObject.Of(
                ("case", f.Number), ("frames", f.Frames), ("problem", f.Problem ?? "")))])),
            ("wallNanoseconds", wall.Ticks * 100));
        return JsonText.Write(json, indented: true);
    }

    private IEnumerable<KeyValuePair<DecodeError, long>> Refused() => Enum.GetValues<DecodeError>()
        .Where(e => _refused[(int)e] > 0).Select(e => KeyValuePair.Create(e, _refused[(int)e]));

    private static JsonObject Counts(IEnumerable<KeyValuePair<string, long>> counts) =>
        JsonObject.Of(counts.Select(c => KeyValuePair.Create<string, JsonValue>(c.Key, c.Value)));

    private static string Join(IEnumerable<string> parts)
    {
        string all = string.Join(", ", parts);
        return all.Length == 0 ? "none" : all;
    }
}
