using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Emulator.Client.Commands;

/// <summary><c>--help</c> with the command's examples and the exit codes below it.</summary>
internal sealed class CommandExamples(HelpAction help, IReadOnlyDictionary<Command, string[]> examples)
    : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (examples.TryGetValue(parseResult.CommandResult.Command, out string[]? lines))
        {
            output.WriteLine("Examples:");
            foreach (string line in lines)
            {
                output.WriteLine($"  {line}");
            }

            output.WriteLine();
        }

        output.WriteLine("Exit codes: 0 done; 1 not delivered, or failed; 2 bad input.");
        return code;
    }
}
