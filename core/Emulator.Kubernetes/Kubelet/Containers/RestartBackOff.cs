using Emulator.Core.Time;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>How long a container that ended waits for its next start: the first time not at all, then 10 s, doubling
/// to 300 s; all is forgotten after 10 minutes.</summary>
/// <remarks>Source: kubernetes client-go util/flowcontrol/backoff.go, with the kubelet's 10 s and 300 s: the wait is
/// counted from the container's end, and is forgotten when the end comes more than twice the longest wait after the
/// last start.</remarks>
/// <param name="Duration">The wait after the next end; zero while there is none.</param>
/// <param name="UpdatedAt">The last start that set it.</param>
public readonly record struct RestartBackOff(SimDuration Duration, SimTime UpdatedAt)
{
    /// <summary>The first wait.</summary>
    public static readonly SimDuration Initial = SimDuration.FromSeconds(10);

    /// <summary>The longest wait.</summary>
    public static readonly SimDuration Longest = SimDuration.FromSeconds(300);

    /// <summary>After so long since the last start the waits begin anew.</summary>
    public static readonly SimDuration ForgottenAfter = Longest * 2;

    /// <summary>The earliest instant of the next start of a container that ended at a time.</summary>
    public SimTime NextStart(SimTime finishedAt) =>
        Duration == SimDuration.Zero || finishedAt - UpdatedAt > ForgottenAfter ? finishedAt : finishedAt + Duration;

    /// <summary>After a start again, now.</summary>
    public RestartBackOff AfterStart(SimTime now)
    {
        bool isFirst = Duration == SimDuration.Zero || now - UpdatedAt > ForgottenAfter;
        SimDuration doubled = Duration * 2;
        return new RestartBackOff(isFirst ? Initial : doubled < Longest ? doubled : Longest, now);
    }
}
