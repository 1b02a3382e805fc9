using System.CommandLine;
using Emulator.Client.Requests;
using Emulator.Cluster.Traffic;

namespace Emulator.Client.Commands;

/// <summary><c>emulator trace</c></summary>
internal static class TraceCommand
{
    /// <summary>What help shows.</summary>
    public static readonly string[] Examples =
    [
        "./emulator trace examples/shop --from external --to http://shop.example.com/",
        "./emulator trace examples/shop --from deploy/shop/web --to svc/shop/cart",
        "./emulator trace examples/shop --from pod/shop/web-0 --to tcp://10.96.0.20:80 -o json",
        "./emulator trace examples/shop --from node/node-1 --to icmp://10.244.2.2 --ttl 1",
        "kubectl get deploy,svc,ing -o yaml | ./emulator trace - --from external --to http://shop.example.com/ --via "
        + "node-2",
    ];

    private const int BytesMax = TrafficReader.BytesMax;

    /// <summary>Makes the command.</summary>
    public static Command Make(Func<TraceRequest, int> run)
    {
        Argument<string[]> paths = SharedOptions.Paths();
        Option<TrafficSource> from = From();
        Option<TrafficTarget> to = To();
        Option<int?> request = SharedOptions.OptionalNumber("--request-bytes", "Bytes of the request.", 0, BytesMax);
        Option<int?> reply = SharedOptions.OptionalNumber("--reply-bytes", "Bytes of the reply to a raw request.", 0,
            BytesMax);
        Option<int?> ttl = SharedOptions.OptionalNumber("--ttl", "The client's time to live.", 1, 255);
        var df = new Option<bool>("--df") { Description = "Forbid fragments." };
        Option<int?> sport = SharedOptions.OptionalNumber("--sport", "The client's port.", 1, 65_535);
        Option<int> count = SharedOptions.Number("--count", "Exchanges, one after another.", 1, 10_000, 1);
        var via = new Option<string?>("--via")
        {
            Description = "From outside, the node whose port is used. [default: the first]",
            HelpName = "NODE",
        };
        Option<ulong> seed = SharedOptions.Seed();
        var engine = new EngineArguments();
        var branches = new Option<bool>("--all-branches") { Description = "Trace each endpoint that a Service could "
            + "choose." };
        Option<OutputFormat> format = Format();
        var pcap = new Option<string?>("--pcap") { Description = "Write what was captured to a pcapng file.",
            HelpName = "FILE" };
        Option<Uri?> otlp = SharedOptions.Otlp();
        var command = new Command("trace", "Build the cluster, make one exchange in it, and show every hop.")
        {
            paths, from, to, request, reply, ttl, df, sport, count, via, seed, branches, format, pcap, otlp,
        };
        engine.AddTo(command);
        command.SetAction(parsed => run(new TraceRequest
        {
            Paths = parsed.GetRequiredValue(paths),
            From = parsed.GetRequiredValue(from),
            To = parsed.GetRequiredValue(to),
            RequestBytes = parsed.GetValue(request),
            ReplyBytes = parsed.GetValue(reply),
            TimeToLive = (byte?)parsed.GetValue(ttl),
            DontFragment = parsed.GetValue(df),
            SourcePort = (ushort?)parsed.GetValue(sport),
            Count = parsed.GetValue(count),
            Via = parsed.GetValue(via),
            Seed = parsed.GetValue(seed),
            Engine = engine.Read(parsed),
            AllBranches = parsed.GetValue(branches),
            Format = parsed.GetValue(format),
            Pcap = parsed.GetValue(pcap),
            Otlp = parsed.GetValue(otlp),
        }));
        return command;
    }

    private static Option<TrafficSource> From() => new("--from")
    {
        Description = $"Who asks: {TrafficSource.Forms}.",
        HelpName = "SRC",
        Required = true,
        CustomParser = result => SharedOptions.Parse<TrafficSource>(
            result, TrafficSource.TryParse, $"is not a source; write {TrafficSource.Forms}."),
    };

    private static Option<TrafficTarget> To() => new("--to")
    {
        Description = $"Who answers: {TrafficTarget.Forms}.",
        HelpName = "DST",
        Required = true,
        CustomParser = result => SharedOptions.Parse<TrafficTarget>(
            result, TrafficTarget.TryParse, $"is not a destination; write {TrafficTarget.Forms}."),
    };

    private static Option<OutputFormat> Format() => new("--output", "-o")
    {
        Description = "How to print: table, json or minimal.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => OutputFormat.Table,
        CustomParser = result => SharedOptions.Parse<OutputFormat>(result, ReadFormat, "is not a format; write table, "
        + "json or minimal."),
    };

    private static bool ReadFormat(string text, out OutputFormat format)
    {
        format = text == "json" ? OutputFormat.Json : text == "minimal" ? OutputFormat.Minimal : OutputFormat.Table;
        return text is "table" or "json" or "minimal";
    }
}
