namespace Emulator.Engine.Execution;

/// <summary>
/// A run that cannot go on: a broken invariant, or an actor that threw. The message names actor, time and cause.
/// </summary>
public sealed class EngineException(string message, Exception? inner = null) : Exception(message, inner);
