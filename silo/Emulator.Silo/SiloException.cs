namespace Emulator.Silo;

/// <summary>The silo cannot start or go on, for a reason outside of it. The message names the cure.</summary>
internal sealed class SiloException(string message, Exception? inner = null) : Exception(message, inner);
