using Emulator.Client.Requests;
using Emulator.Cluster.Traffic;
using Emulator.Core.Time;

namespace Emulator.Client.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Trace_has_these_defaults()
    {
        var request = (TraceRequest?)Parse("trace a.yaml b --from external --to svc/shop/cart");

        Assert.NotNull(request);
        Assert.Equal(["a.yaml", "b"], request.Paths);
        Assert.Equal(
            new TraceRequest
            {
                Paths = request.Paths,
                From = new ExternalSource(null, null),
                To = new ServiceTarget("shop", "cart", null),
                RequestBytes = null,
                ReplyBytes = null,
                TimeToLive = null,
                DontFragment = false,
                SourcePort = null,
                Count = 1,
                Via = null,
                Seed = 1,
                Engine = EngineRequest.Default,
                AllBranches = false,
                Format = OutputFormat.Table,
                Pcap = null,
                Otlp = null,
            },
            request);
    }

    [Fact]
    public void Trace_reads_every_option()
    {
        var request = (TraceRequest?)Parse("trace - --from pod/a/b --to udp://10.0.0.1:53 --request-bytes 5 "
        + "--reply-bytes 6 --ttl 1 --df "
            + "--sport 4000 --count 3 --via node-2 --seed 18446744073709551615 --shards 4 --all-branches -o json "
            + "--pcap f.pcapng "
            + "--otlp http://localhost:4317");

        Assert.NotNull(request);
        Assert.Equal(["-"], request.Paths);
        Assert.Equal("pod/a/b → udp://10.0.0.1:53", $"{request.From} → {request.To}");
        Assert.Equal((5, 6, (byte)1, true, (ushort)4000, 3, "node-2", ulong.MaxValue),
            (request.RequestBytes, request.ReplyBytes, request.TimeToLive, request.DontFragment, request.SourcePort,
            request.Count,
                request.Via, request.Seed));
        Assert.Equal(((int?)4, true, OutputFormat.Json, "f.pcapng", new Uri("http://localhost:4317")),
            (request.Engine.Shards, request.AllBranches, request.Format, request.Pcap, request.Otlp));
    }

    [Theory]
    [InlineData("run a", "virtual")]
    [InlineData("run a --clock step", "step")]
    [InlineData("run a --clock realtime", "realtime")]
    [InlineData("run a --clock realtime:2.5", "realtime:2.5")]
    public void Run_reads_clocks(string arguments, string clock) =>
        Assert.Equal(clock, ((RunRequest?)Parse(arguments))?.Clock.ToString());

    [Theory]
    [InlineData("run a", null, false)]
    [InlineData("run a --engine process", null, false)]
    [InlineData("run a --engine orleans --delivery local", "127.0.0.1:30000", true)]
    [InlineData("run a --silo silo-2:30001 --delivery grains", "silo-2:30001", false)]
    [InlineData("run a --engine orleans --silo silo-2:30001", "silo-2:30001", false)]
    public void Run_reads_where_it_runs(string arguments, string? silo, bool localDelivery) =>
        Assert.Equal(
            new EngineRequest { Silo = silo, LocalDelivery = localDelivery }, ((RunRequest?)Parse(arguments))?.Engine);

    [Fact]
    public void Run_lasts_sixty_seconds_unless_told()
    {
        Assert.Equal(SimDuration.FromSeconds(60), ((RunRequest?)Parse("run a"))?.For);
        Assert.Equal(SimDuration.FromSeconds(90), ((RunRequest?)Parse("run a --for 1m30s"))?.For);
    }

    [Fact]
    public void Show_takes_paths_then_a_place_then_a_command()
    {
        var request = (ShowRequest?)Parse("show a.yaml b node-1 iptables-save");

        Assert.NotNull(request);
        Assert.Equal(["a.yaml", "b"], request.Paths);
        Assert.Equal(("node-1", "iptables-save"), (request.Where, request.Command));
    }

    [Fact]
    public void Demo_needs_nothing() =>
        Assert.Equal(
            new DemoRequest { Seed = 1, Engine = EngineRequest.Default, Pcap = null, Otlp = null }, Parse("demo"));

    [Theory]
    [InlineData("", "emulator: Required command was not provided.\nSee ./emulator --help.\n")]
    [InlineData("trace a --from external", "emulator: Option '--to' is required.\nSee ./emulator trace --help.\n")]
    [InlineData("trace a --from me --to icmp://1.2.3.4",
        "emulator: --from: 'me' is not a source; write " + TrafficSource.Forms + ".\nSee ./emulator trace --help.\n")]
    [InlineData("trace a --from external --to icmp://1.2.3.4 --ttl 0",
        "emulator: --ttl: '0' is not a whole number from 1 to 255.\nSee ./emulator trace --help.\n")]
    [InlineData("trace a --from external --to icmp://1.2.3.4 -o xml",
        "emulator: --output: 'xml' is not a format; write table, json or minimal.\nSee ./emulator trace --help.\n")]
    [InlineData("run a --otlp localhost:4317", "emulator: --otlp: 'localhost:4317' is not a collector's address; "
        + "write one such as http://localhost:4317.\nSee ./emulator run --help.\n")]
    [InlineData("run a --engine process --silo 127.0.0.1:30001", "emulator: --engine: 'process' runs in this process, "
        + "and --silo 127.0.0.1:30001 elsewhere; leave one of the two out.\nSee ./emulator run --help.\n")]
    [InlineData("trace a --from external --to icmp://1.2.3.4 --delivery local", "emulator: --delivery: 'local' is for "
        + "runs on silos, and this one is in this process; add --silo 127.0.0.1:30000, or leave it out.\n"
        + "See ./emulator trace --help.\n")]
    [InlineData("demo --engine process --delivery grains", "emulator: --delivery: 'grains' is for runs on silos, and "
        + "this one is in this process; add --silo 127.0.0.1:30000, or leave it out.\nSee ./emulator demo --help.\n")]
    [InlineData("run a --seed -1", "emulator: --seed: '-1' is not a seed; write a whole number from 0 to "
        + "18446744073709551615.\n"
        + "See ./emulator run --help.\n")]
    [InlineData("run a --clock realtime:0", "emulator: --clock: '0' is not a speed; give 0.001 to 1000000 with up to "
        + "three "
        + "decimals, such as realtime:10.\nSee ./emulator run --help.\n")]
    [InlineData("show a node-1 route", "emulator: 'route' is not a command that is shown; write one of 'ip addr', 'ip "
        + "route', "
        + "'ip neigh', 'bridge fdb', 'iptables-save', 'conntrack -L', 'lsns', in quotes; on a node also "
        + "'ls /sys/fs/cgroup/…' and 'cat …' of a file there or of /proc/PID/oom_score_adj.\n"
        + "See ./emulator show --help.\n")]
    public void Bad_arguments_are_named_and_end_with_2(string arguments, string expected)
    {
        (int code, string output, string error) = Run(arguments);

        Assert.Equal((2, "", expected), (code, output, error.ReplaceLineEndings("\n")));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("demo --help")]
    [InlineData("trace --help")]
    [InlineData("run -h")]
    [InlineData("show --help")]
    public void Help_has_examples_and_exit_codes(string arguments)
    {
        (int code, string output, string error) = Run(arguments);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Examples:\n  ./emulator ", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.EndsWith("Exit codes: 0 done; 1 not delivered, or failed; 2 bad input.\n",
            output.ReplaceLineEndings("\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Fuzz_takes_a_seed_frames_with_a_unit_shards_and_one_case()
    {
        var request = Assert.IsType<FuzzRequest>(
            Parse("fuzz --seed 7 --frames 10M --shards 1,2,8 --case 312 --frames-per-case 40 -o json"));

        Assert.Equal((7ul, 10_000_000L, 312, 40), (request.Seed, request.Frames, request.Case, request.FramesPerCase));
        Assert.Equal([1, 2, 8], request.Shards);
        Assert.Equal(OutputFormat.Json, request.Format);
    }

    [Theory]
    [InlineData("fuzz --frames 10X", "--frames: '10X' is not a number of frames above zero; write one such as")]
    [InlineData("fuzz --frames 0", "--frames: '0' is not a number of frames above zero; write one such as")]
    [InlineData("fuzz --shards 1,0", "--shards: '1,0' is not a list of numbers from 1 to 256; write one such as 1,4.")]
    [InlineData("fuzz -o minimal", "--output: 'minimal' is not a format; write table or json.")]
    public void Fuzz_refuses_what_it_cannot_count(string arguments, string problem)
    {
        (int code, _, string error) = Run(arguments);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    /// <summary>As a shell passes <c>--frames ''</c> or an empty variable in quotes.</summary>
    [Theory]
    [InlineData("--frames", "", "--frames: '' is not a number of frames above zero; write one such as")]
    [InlineData("--frames", "M", "--frames: 'M' is not a number of frames above zero; write one such as")]
    [InlineData("--shards", "", "--shards: '' is not a list of numbers from 1 to 256; write one such as 1,4.")]
    public void Fuzz_refuses_an_empty_count(string option, string value, string problem)
    {
        (int code, _, string error) = Run(["fuzz", option, value]);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_ends_with_its_handlers_code()
    {
        var failing = new Handlers(_ => 1, _ => 1, _ => 1, _ => 1, _ => 1);

        Assert.Equal(1, CommandLine.Run(["demo"],
        new Streams(TextReader.Null, TextWriter.Null, TextWriter.Null, false), failing));
    }

    private static object? Parse(string arguments)
    {
        object? seen = null;
        int See(object request)
        {
            seen = request;
            return 0;
        }

        using var error = new StringWriter();
        int code = CommandLine.Run(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new Streams(TextReader.Null, TextWriter.Null, error, false), new Handlers(See, See, See, See, See));
        Assert.Equal("", error.ToString());
        Assert.Equal(0, code);
        return seen;
    }

    private static (int Code, string Output, string Error) Run(string arguments) =>
        Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static (int Code, string Output, string Error) Run(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Run(
            arguments,
            new Streams(TextReader.Null, output, error, false),
            new Handlers(_ => throw new InvalidOperationException(), _ => throw new InvalidOperationException(),
                _ => throw new InvalidOperationException(), _ => throw new InvalidOperationException(),
                _ => throw new InvalidOperationException()));
        return (code, output.ToString(), error.ToString());
    }
}
