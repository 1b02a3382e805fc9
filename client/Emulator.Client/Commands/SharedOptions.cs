using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Emulator.Client.Commands;

/// <summary>Arguments and options that several commands have, each made anew for a command.</summary>
internal static class SharedOptions
{
    /// <summary>The most shards: 256.</summary>
    public const int ShardsMax = 256;

    /// <summary><c>PATH…</c></summary>
    public static Argument<string[]> Paths() => new("PATH")
    {
        Description = "Manifests: YAML or JSON files, folders, or - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary><c>--seed N</c></summary>
    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "The seed of all dice; the same seed gives the same run.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result => Parse<ulong>(
            result, (string text, out ulong seed) =>
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
            "is not a seed; write a whole number from 0 to 18446744073709551615."),
    };

    /// <summary><c>--otlp URL</c></summary>
    public static Option<Uri?> Otlp() => new("--otlp")
    {
        Description = "Send spans to an OpenTelemetry collector: http://HOST:4317 (gRPC) or http://HOST:4318 (HTTP).",
        HelpName = "URL",
        CustomParser = result => Parse<Uri>(
            result,
            (string text, out Uri uri) => Uri.TryCreate(text, UriKind.Absolute, out uri!) // Only read where true.
                && uri.Scheme is "http" or "https" or "grpc" && uri.Host.Length > 0,
            "is not a collector's address; write one such as http://localhost:4317."),
    };

    /// <summary>A whole number with bounds and a default.</summary>
    public static Option<int> Number(string name, string description, int least, int most, int value) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseNumber(result, least, most),
    };

    /// <summary>A whole number with bounds, null when it was not given.</summary>
    public static Option<int?> OptionalNumber(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ParseNumber(result, least, most),
    };

    /// <summary>Reads the one token of an option, or reports it with its cure.</summary>
    public static T? Parse<T>(ArgumentResult result, TryParse<T> parser, string problem)
    {
        string text = result.Tokens[0].Value;
        if (parser(text, out T value))
        {
            return value;
        }

        string name = (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;
        result.AddError($"{name}: '{text}' {problem}");
        return default;
    }

    /// <summary>Reads a text; false where it does not read.</summary>
    public delegate bool TryParse<T>(string text, out T value);

    private static int ParseNumber(ArgumentResult result, int least, int most) => Parse<int>(
        result,
        (string text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least
                && number <= most,
        $"is not a whole number from {least} to {most}.");
}
