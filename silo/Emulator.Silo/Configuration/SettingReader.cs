using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Emulator.Silo.Configuration;

/// <summary>
/// Reads settings from what was parsed and from the environment, and collects what is wrong with them: a sentence each,
/// which names the option or variable that holds the value, the value and the cure.
/// </summary>
/// <param name="parsed">The command line.</param>
/// <param name="environment">Gives an environment variable's value, or null.</param>
internal sealed class SettingReader(ParseResult parsed, Func<string, string?> environment)
{
    private readonly List<string> _errors = [];

    /// <summary>What is wrong, in the order in which it was found.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Whether somebody set it, and to what. An empty variable counts as not set, an empty option does
    /// not.</summary>
    public bool TryGet(Setting setting, [NotNullWhen(true)] out string? text, out string source)
    {
        text = parsed.GetValue(setting.Option);
        source = setting.Option.Name;
        if (text is null && environment(setting.Variable) is { Length: > 0 } value)
        {
            text = value;
            source = setting.Variable;
        }

        return text is not null;
    }

    /// <summary>A text that is not blank.</summary>
    public string Text(Setting setting, string otherwise)
    {
        if (!TryGet(setting, out string? text, out string source))
        {
            return otherwise;
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            Refuse(source, text, "is blank; write a name, or leave it out.");
        }

        return text;
    }

    /// <summary>One of a few words.</summary>
    public T Word<T>(Setting setting, T otherwise, IReadOnlyDictionary<string, T> words)
    {
        if (!TryGet(setting, out string? text, out string source))
        {
            return otherwise;
        }

        if (words.TryGetValue(text, out T? value))
        {
            return value;
        }

        Refuse(source, text, $"is not known; write {string.Join(" or ", words.Keys)}.");
        return otherwise;
    }

    /// <summary>A port, 1 to 65535.</summary>
    public int Port(Setting setting, int otherwise)
    {
        if (!TryGet(setting, out string? text, out string source))
        {
            return otherwise;
        }

        if (TryReadPort(text, out int port))
        {
            return port;
        }

        Refuse(source, text, $"is not a port; write a whole number from 1 to 65535, such as {otherwise}.");
        return otherwise;
    }

    /// <summary>Adds a sentence.</summary>
    public void Refuse(string source, string value, string problem) => _errors.Add($"{source}: '{value}' {problem}");

    /// <summary>Adds a sentence about something that is not one value.</summary>
    public void Refuse(string sentence) => _errors.Add(sentence);

    /// <summary>Reads a port; false where it is none.</summary>
    public static bool TryReadPort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
