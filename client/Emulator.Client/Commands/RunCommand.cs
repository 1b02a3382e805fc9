using System.CommandLine;
using Emulator.Client.Requests;
using Emulator.Cluster.Reading;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;

namespace Emulator.Client.Commands;

/// <summary><c>emulator run</c></summary>
internal static class RunCommand
{
    /// <summary>What help shows.</summary>
    public static readonly string[] Examples =
    [
        "./emulator run examples/shop",
        "./emulator run examples/shop --for 10m --shards 4 --report out",
        "./emulator run examples/thousand-nodes --for 1s",
        "./emulator run examples/shop --clock realtime:10 --otlp http://localhost:4317",
    ];

    /// <summary>Makes the command.</summary>
    public static Command Make(Func<RunRequest, int> run)
    {
        Argument<string[]> paths = SharedOptions.Paths();
        Option<SimDuration> length = For();
        Option<ulong> seed = SharedOptions.Seed();
        Option<ClockMode> clock = Clock();
        Option<int> shards = SharedOptions.Shards();
        Option<Uri?> otlp = SharedOptions.Otlp();
        Option<Ratio> sample = Sample();
        Option<int> budget = SharedOptions.Number(
            "--span-budget", "Spans a trace, drops kept beyond it; 0 without limit.", 0, 1_000_000, 500);
        var pcap = new Option<string?>("--pcap") { Description = "Write a pcapng file a namespace into a folder.",
            HelpName = "DIR" };
        var report = new Option<string?>("--report") { Description = "Write the report into a folder.",
            HelpName = "DIR" };
        var command = new Command("run", "Build the cluster, run its Traffic, and report.")
        {
            paths, length, seed, clock, shards, otlp, sample, budget, pcap, report,
        };
        command.SetAction(parsed => run(new RunRequest
        {
            Paths = parsed.GetRequiredValue(paths),
            For = parsed.GetValue(length),
            Seed = parsed.GetValue(seed),
            Clock = parsed.GetRequiredValue(clock),
            Shards = parsed.GetValue(shards),
            Otlp = parsed.GetValue(otlp),
            Sampling = parsed.GetValue(sample),
            SpanBudget = parsed.GetValue(budget),
            PcapFolder = parsed.GetValue(pcap),
            ReportFolder = parsed.GetValue(report),
        }));
        return command;
    }

    private static Option<SimDuration> For() => new("--for")
    {
        Description = "How long, in virtual time, after the cluster has settled. [default: 60s]",
        HelpName = "DURATION",
        DefaultValueFactory = _ => SimDuration.FromSeconds(60),
        CustomParser = result => SharedOptions.Parse<SimDuration>(
            result,
            (string text, out SimDuration duration) =>
            DurationText.TryParse(text, out duration) && duration > SimDuration.Zero,
            "is not a duration above zero; write one such as 60s or 1m30s."),
    };

    private static Option<Ratio> Sample() => new("--sample")
    {
        Description = "The share of exchanges whose traces are exported, chosen by the seed: 1, 10% or 1/100. "
            + "[default: 1]",
        HelpName = "RATIO",
        DefaultValueFactory = _ => Ratio.One,
        CustomParser = result => SharedOptions.Parse<Ratio>(
            result, (string text, out Ratio ratio) => RatioText.TryParse(text, out ratio),
            "is not a share; write one such as 1, 10% or 1/100."),
    };

    private static Option<ClockMode> Clock() => new("--clock")
    {
        Description = "virtual (as fast as it can), realtime, realtime:FACTOR, or step.",
        HelpName = "CLOCK",
        DefaultValueFactory = _ => ClockMode.Virtual,
        CustomParser = result =>
        {
            try
            {
                return ClockMode.Parse(result.Tokens[0].Value);
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
                return null;
            }
        },
    };
}
