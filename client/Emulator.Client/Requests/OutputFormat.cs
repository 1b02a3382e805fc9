namespace Emulator.Client.Requests;

/// <summary>How a trace is printed.</summary>
internal enum OutputFormat
{
    /// <summary>A table of hops and what decided them.</summary>
    Table,

    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>One line.</summary>
    Minimal,
}
