using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>A container's state as its status shows it.</summary>
public abstract record ContainerState
{
    /// <summary>The state as the API writes it.</summary>
    public abstract JsonObject ToJson();
}

/// <summary>It does not run yet, or not again yet.</summary>
/// <param name="Reason">Such as <c>ContainerCreating</c> or <c>CrashLoopBackOff</c>.</param>
/// <param name="Message">The person's sentence; may be empty.</param>
public sealed record ContainerWaiting(string Reason, string Message = "") : ContainerState
{
    /// <inheritdoc/>
    public override JsonObject ToJson()
    {
        JsonObject json = JsonObject.Of(("reason", Reason));
        return JsonObject.Of(("waiting", Message.Length > 0 ? json.With("message", Message) : json));
    }
}

/// <summary>It runs.</summary>
/// <param name="StartedAt">Since when.</param>
public sealed record ContainerRunning(SimTime StartedAt) : ContainerState
{
    /// <inheritdoc/>
    public override JsonObject ToJson() =>
        JsonObject.Of(("running", JsonObject.Of(("startedAt", ModelClock.ToText(StartedAt)))));
}

/// <summary>It has ended.</summary>
/// <param name="ExitCode">0 means success; 137 after SIGKILL, 143 after SIGTERM.</param>
/// <param name="Reason"><c>Completed</c>, <c>Error</c> or <c>OOMKilled</c>.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record ContainerTerminated(int ExitCode, string Reason, SimTime StartedAt, SimTime FinishedAt)
    : ContainerState
{
    /// <summary>How a container ended.</summary>
    public static ContainerTerminated Of(int exitCode, bool outOfMemory, SimTime startedAt, SimTime finishedAt) => new(
        exitCode, outOfMemory ? "OOMKilled" : exitCode == 0 ? "Completed" : "Error", startedAt, finishedAt);

    /// <inheritdoc/>
    public override JsonObject ToJson() => JsonObject.Of(("terminated", JsonObject.Of(
        ("exitCode", ExitCode), ("reason", Reason), ("startedAt", ModelClock.ToText(StartedAt)),
        ("finishedAt", ModelClock.ToText(FinishedAt)))));
}
