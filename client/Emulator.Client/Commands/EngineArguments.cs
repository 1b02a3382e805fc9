using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Emulator.Client.Requests;

namespace Emulator.Client.Commands;

/// <summary>The options by which a person chooses where a run runs.</summary>
internal sealed class EngineArguments
{
    /// <summary>The gateway that <c>--engine orleans</c> means when no other is given.</summary>
    public const string DefaultSilo = "127.0.0.1:30000";

    private readonly Option<int?> _shards = SharedOptions.OptionalNumber(
        "--shards", "Shards to run on; the result is the same. [default: 1; on silos one a zone]", 1,
        SharedOptions.ShardsMax);

    private readonly Option<string> _engine = Choice(
        "--engine", "process or orleans, which is --silo " + DefaultSilo + ".", "process", "orleans");

    private readonly Option<string?> _silo = new("--silo")
    {
        Description = "Run on the silos behind this gateway.",
        HelpName = "HOST:PORT",
        CustomParser = result => SharedOptions.Parse<string>(
            result, ReadGateway, "is not a gateway; write one such as " + DefaultSilo + "."),
    };

    private readonly Option<string> _delivery = Choice(
        "--delivery", "On silos: grains (each message is a call to its actor's grain) or local.", "grains", "local");

    /// <summary>Adds the options to a command, which refuses those that contradict each other.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_shards);
        command.Options.Add(_engine);
        command.Options.Add(_silo);
        command.Options.Add(_delivery);
        command.Validators.Add(RefuseContradictions);
    }

    /// <summary>What was asked for.</summary>
    public EngineRequest Read(ParseResult parsed) => new()
    {
        Shards = parsed.GetValue(_shards),
        Silo = parsed.GetValue(_silo) ?? (parsed.GetValue(_engine) == "orleans" ? DefaultSilo : null),
        LocalDelivery = parsed.GetValue(_delivery) == "local",
    };

    private void RefuseContradictions(CommandResult command)
    {
        string? silo = Given(command, _silo);
        string? engine = Given(command, _engine);
        if (silo is not null && engine == "process")
        {
            command.AddError(
                $"--engine: 'process' runs in this process, and --silo {silo} elsewhere; leave one of the two out.");
        }
        else if (silo is null && engine != "orleans" && Given(command, _delivery) is string delivery)
        {
            command.AddError(
                $"--delivery: '{delivery}' is for runs on silos, and this one is in this process; add --silo "
                + $"{DefaultSilo}, or leave it out.");
        }
    }

    /// <summary>What a person wrote for an option; null for nothing, where a default is in force.</summary>
    private static string? Given(CommandResult command, Option option) =>
        command.GetResult(option) is { Tokens: [Token token, ..] } ? token.Value : null;

    private static Option<string> Choice(string name, string description, params string[] values) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', values),
        DefaultValueFactory = _ => values[0],
        CustomParser = result => SharedOptions.Parse<string>(
            result,
            (string text, out string value) =>
            {
                value = text;
                return values.Contains(text, StringComparer.Ordinal);
            },
            $"is unknown; write {string.Join(" or ", values)}."),
    };

    private static bool ReadGateway(string text, out string gateway)
    {
        gateway = text;
        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;
    }
}
