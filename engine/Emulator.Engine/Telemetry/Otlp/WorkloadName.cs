namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>The workload that a pod's name tells: <c>web</c> of <c>web-7c9d8b5f6d-x2x4f</c> and of
/// <c>web-0</c>.</summary>
/// <remarks>
/// Source: what Kubernetes appends: five letters by the generator of names, the pod template's hash, or an ordinal.
/// Both letters and hash use the alphabet without vowels of <c>k8s.io/apimachinery/pkg/util/rand</c>, so that words
/// stay.
/// </remarks>
public static class WorkloadName
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>The workload of an actor such as <c>pod/default/web-0</c>; for others, the actor's kind.</summary>
    public static string Of(string actor)
    {
        string[] parts = actor.Split('/');
        if (parts[0] != "pod" || parts.Length < 2)
        {
            return parts[0];
        }

        string pod = parts[^1];
        int last = pod.LastIndexOf('-');
        if (last <= 0)
        {
            return pod;
        }

        string tail = pod[(last + 1)..];
        if (tail.All(char.IsAsciiDigit))
        {
            return pod[..last];
        }

        if (tail.Length != 5 || !IsGenerated(tail))
        {
            return pod;
        }

        int hash = pod.LastIndexOf('-', last - 1);
        bool hasHash = hash > 0 && last - hash - 1 is >= 8 and <= 10 && IsGenerated(pod[(hash + 1)..last]);
        return pod[..(hasHash ? hash : last)];
    }

    private static bool IsGenerated(string text) => text.All(c => Alphabet.Contains(c, StringComparison.Ordinal));
}
