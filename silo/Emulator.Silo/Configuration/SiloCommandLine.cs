using System.CommandLine;

namespace Emulator.Silo.Configuration;

/// <summary>The command line: arguments and environment to options, mistakes to exit code 2.</summary>
internal static class SiloCommandLine
{
    /// <summary>Reads the arguments and hands the options to the host.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="environment">Gives an environment variable's value, or null.</param>
    /// <param name="output">Where help goes.</param>
    /// <param name="error">Where mistakes go.</param>
    /// <param name="host">Runs the silo, and gives the exit code.</param>
    public static async Task<int> Run(
        string[] arguments, Func<string, string?> environment, TextWriter output, TextWriter error,
        Func<SiloOptions, Task<int>> host)
    {
        var settings = new SiloSettings();
        var root = new RootCommand(
            "One silo of the emulator: a server process that hosts actors, alone or together with others. "
            + "Each option may be set by the environment variable in brackets instead. ./emulator silo builds it with "
            + "Orleans, from packages; EMULATOR_BUILD_ARGS holds further arguments of that build, such as "
            + "-p:RestoreAdditionalProjectSources=FOLDER for packages of a private feed.");
        foreach (Option option in settings.Options)
        {
            root.Options.Add(option);
        }

        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false });
        if (parsed.Errors.Count > 0)
        {
            return BadInput(parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal), error);
        }

        root.SetAction(async (result, _) =>
        {
            var reader = new SettingReader(result, environment);
            SiloOptions options = settings.Read(reader);
            return reader.Errors.Count > 0 ? BadInput(reader.Errors, error) : await host(options);
        });
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // The host itself stops at the signal, without haste.
        });
    }

    private static int BadInput(IEnumerable<string> messages, TextWriter error)
    {
        foreach (string message in messages)
        {
            error.WriteLine($"emulator-silo: {message}");
        }

        error.WriteLine("See ./emulator silo --help.");
        return ExitCode.BadInput;
    }
}
