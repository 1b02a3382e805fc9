namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>The collector does not take the spans. The run stops, for otherwise telemetry would be lost in
/// silence.</summary>
public sealed class OtlpExportException(string message, Exception? inner = null) : Exception(message, inner);
