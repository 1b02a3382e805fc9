using System.CommandLine;

namespace Emulator.Silo.Configuration;

/// <summary>One thing that can be set by an option or, where that is not given, by an environment variable.</summary>
internal sealed class Setting
{
    /// <summary>A setting.</summary>
    /// <param name="option">The option's name: <c>--silo-port</c>.</param>
    /// <param name="valueName">What help calls its value.</param>
    /// <param name="description">What help says, ending in a full stop.</param>
    public Setting(string option, string valueName, string description)
    {
        Variable = "EMULATOR_" + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();
        Option = new Option<string?>(option)
        {
            HelpName = valueName,
            Description = $"{description} [{Variable}]",
        };
    }

    /// <summary>The option.</summary>
    public Option<string?> Option { get; }

    /// <summary>The environment variable of the same meaning: <c>EMULATOR_SILO_PORT</c>.</summary>
    public string Variable { get; }
}
