using System.CommandLine;
using Emulator.Client.Requests;

namespace Emulator.Client.Commands;

/// <summary><c>emulator demo</c></summary>
internal static class DemoCommand
{
    /// <summary>What help shows.</summary>
    public static readonly string[] Examples =
    [
        "./emulator demo",
        "./emulator demo --seed 7 --pcap demo.pcapng",
    ];

    /// <summary>Makes the command.</summary>
    public static Command Make(Func<DemoRequest, int> run)
    {
        Option<ulong> seed = SharedOptions.Seed();
        var engine = new EngineArguments();
        var pcap = new Option<string?>("--pcap") { Description = "Write what was captured to a pcapng file.",
            HelpName = "FILE" };
        Option<Uri?> otlp = SharedOptions.Otlp();
        var command = new Command(
            "demo", "One HTTP request through an online shop on three zones: node port, ingress controller, Service, "
            + "pod.")
        {
            seed, pcap, otlp,
        };
        engine.AddTo(command);
        command.SetAction(parsed => run(new DemoRequest
        {
            Seed = parsed.GetValue(seed),
            Engine = engine.Read(parsed),
            Pcap = parsed.GetValue(pcap),
            Otlp = parsed.GetValue(otlp),
        }));
        return command;
    }
}
