namespace Emulator.Silo;

/// <summary>What was asked for cannot be done by this program as it is. The message names the cure.</summary>
internal sealed class RefusedException(string message) : Exception(message);
