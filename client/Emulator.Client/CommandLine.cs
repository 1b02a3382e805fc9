using System.CommandLine;
using System.CommandLine.Help;
using Emulator.Client.Commands;
using Emulator.Client.Fuzzing;
using Emulator.Client.Requests;
using Emulator.Client.Running;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry.Otlp;

namespace Emulator.Client;

/// <summary>What each command does once its arguments are read.</summary>
/// <param name="Demo"><c>emulator demo</c></param>
/// <param name="Trace"><c>emulator trace</c></param>
/// <param name="Run"><c>emulator run</c></param>
/// <param name="Show"><c>emulator show</c></param>
/// <param name="Fuzz"><c>emulator fuzz</c></param>
internal sealed record Handlers(
    Func<DemoRequest, int> Demo, Func<TraceRequest, int> Trace, Func<RunRequest, int> Run, Func<ShowRequest, int> Show,
    Func<FuzzRequest, int> Fuzz);

/// <summary>The command line: arguments to requests, mistakes to exit code 2.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command.</summary>
    public static int Run(string[] arguments, Streams streams)
    {
        try
        {
            return Run(arguments, streams, new Handlers(
                new DemoRunner(streams).Run, new TraceRunner(streams).Run, new RunRunner(streams).Run,
                new ShowRunner(streams).Run, new FuzzRunner(streams).Run));
        }
        catch (RefusedException refused)
        {
            streams.Error.WriteLine($"emulator: {refused.Message}");
            return ExitCode.BadInput;
        }
        catch (Exception failed) when (
            failed is EngineException or OtlpExportException or IOException or NotSupportedException)
        {
            streams.Error.WriteLine($"emulator: {failed.Message}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Reads the arguments and hands the request to its handler.</summary>
    public static int Run(string[] arguments, Streams streams, Handlers handlers)
    {
        RootCommand root = Make(handlers);
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false });
        if (parsed.Errors.Count > 0 && parsed.Action is not CommandExamples)
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
            {
                streams.Error.WriteLine($"emulator: {message}");
            }

            string command = parsed.CommandResult.Command == root ? "" : $" {parsed.CommandResult.Command.Name}";
            streams.Error.WriteLine($"See ./emulator{command} --help.");
            return ExitCode.BadInput;
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = streams.Out,
            Error = streams.Error,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static RootCommand Make(Handlers handlers)
    {
        Command demo = DemoCommand.Make(handlers.Demo);
        Command trace = TraceCommand.Make(handlers.Trace);
        Command run = RunCommand.Make(handlers.Run);
        Command show = ShowCommand.Make(handlers.Show);
        Command fuzz = FuzzCommand.Make(handlers.Fuzz);
        var root = new RootCommand(
            "A Kubernetes cluster in one program: give it manifests, it moves every packet in virtual time and shows "
            + "every hop.")
        {
            demo, trace, run, show, fuzz,
        };
        var examples = new Dictionary<Command, string[]>
        {
            [root] = [DemoCommand.Examples[0], TraceCommand.Examples[0], RunCommand.Examples[0],
            ShowCommand.Examples[0]],
            [demo] = DemoCommand.Examples,
            [trace] = TraceCommand.Examples,
            [run] = RunCommand.Examples,
            [show] = ShowCommand.Examples,
            [fuzz] = FuzzCommand.Examples,
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new CommandExamples((HelpAction)help.Action!, examples); // Help has an action from the start.
        return root;
    }
}
