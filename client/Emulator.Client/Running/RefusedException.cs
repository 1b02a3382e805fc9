namespace Emulator.Client.Running;

/// <summary>What a person asked for does not fit the cluster, such as a pod that does not exist. Ends with exit code
/// 2.</summary>
internal sealed class RefusedException(string message) : Exception(message);
