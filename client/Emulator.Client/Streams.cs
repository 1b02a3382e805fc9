namespace Emulator.Client;

/// <summary>Where a command reads and writes.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Mistakes and progress.</param>
/// <param name="IsTerminal">Whether a person watches <paramref name="Out"/>: only then are there colours and a progress
/// bar.</param>
internal sealed record Streams(TextReader In, TextWriter Out, TextWriter Error, bool IsTerminal);
