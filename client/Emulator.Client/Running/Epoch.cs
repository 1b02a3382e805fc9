namespace Emulator.Client.Running;

/// <summary>What virtual time 0 is in exported files: the instant that the program started, which the model never
/// sees.</summary>
internal static class Epoch
{
    /// <summary>Nanoseconds since 1970.</summary>
    public static long Nanoseconds { get; } = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
