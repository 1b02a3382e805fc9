using System.Globalization;

namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>Why no node took a pod: how many nodes gave which reason, and which plugins refused.</summary>
/// <remarks>Source: kube-scheduler's <c>FitError</c>: its text becomes the message of the pod's PodScheduled
/// condition.</remarks>
public sealed class Diagnosis
{
    private readonly Dictionary<Status, int> _counts = [];

    /// <summary>How many nodes the cluster has.</summary>
    public int NodeCount { get; set; }

    /// <summary>What PreFilter said when it refused the pod outright, or null.</summary>
    public string? PreFilterMessage { get; set; }

    /// <summary>What PostFilter said, or null.</summary>
    public string? PostFilterMessage { get; set; }

    /// <summary>The events that the refusing plugins wait for.</summary>
    public ClusterEvents AwaitedEvents { get; private set; }

    /// <summary>Counts one node's refusal.</summary>
    public void Add(IPlugin plugin, Status status)
    {
        AwaitedEvents |= plugin.EventsToRegister;
        _counts[status] = _counts.GetValueOrDefault(status) + 1;
    }

    /// <summary>Notes events that may help, for a refusal that is not one node's.</summary>
    public void Await(ClusterEvents events) => AwaitedEvents |= events;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _counts.Clear();
        NodeCount = 0;
        PreFilterMessage = null;
        PostFilterMessage = null;
        AwaitedEvents = ClusterEvents.None;
    }

    /// <summary>The message, such as <c>0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were
    /// unschedulable.</c></summary>
    public string Message()
    {
        if (NodeCount == 0)
        {
            return "no nodes available to schedule pods";
        }

        string message = string.Create(CultureInfo.InvariantCulture, $"0/{NodeCount} nodes are available:");
        if (PreFilterMessage is not null)
        {
            message += $" {PreFilterMessage}.";
        }
        else if (_counts.Count > 0)
        {
            message += $" {string.Join(", ", Histogram())}.";
        }

        return PostFilterMessage is null ? message : $"{message} {PostFilterMessage}";
    }

    private List<string> Histogram()
    {
        var byReason = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach ((Status status, int count) in _counts)
        {
            foreach (string reason in status.Reasons)
            {
                byReason[reason] = byReason.GetValueOrDefault(reason) + count;
            }
        }

        List<string> lines =
            [.. byReason.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Value} {p.Key}"))];
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
