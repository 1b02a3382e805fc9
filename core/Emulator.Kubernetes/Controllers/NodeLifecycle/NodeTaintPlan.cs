using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.NodeLifecycle;

/// <summary>The taints that a node has because of its conditions.</summary>
/// <remarks>Source: pkg/controller/nodelifecycle (nodeConditionToTaintKeyStatusMap and the NoExecute taints).</remarks>
public static class NodeTaintPlan
{
    private const string Prefix = "node.kubernetes.io/";

    private static readonly (string Condition, string Status, string Key)[] ByCondition =
    [
        ("Ready", "False", "node.kubernetes.io/not-ready"),
        ("Ready", "Unknown", "node.kubernetes.io/unreachable"),
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
    ];

    private static readonly string[] Kept =
        [.. ByCondition.Select(c => c.Key), "node.kubernetes.io/unschedulable"];

    /// <summary>All taints that a node should have: others' as they are, then its conditions'.</summary>
    /// <param name="node">The node.</param>
    /// <param name="now">The time, as the API writes it, for new NoExecute taints.</param>
    public static JsonArray For(ApiObject node, string now)
    {
        List<(string Key, string Effect)> wanted = Wanted(node);
        var taints = new List<JsonValue>();
        foreach (JsonValue taint in node.Spec.Find("taints")?.Items ?? [])
        {
            (string, string) id = (taint["key"]?.AsString ?? "", taint["effect"]?.AsString ?? "");
            if (!IsOurs(id) || wanted.Remove(id))
            {
                taints.Add(taint);
            }
        }

        foreach ((string key, string effect) in wanted)
        {
            JsonObject taint = JsonObject.Of(("key", key), ("effect", effect));
            taints.Add(effect == "NoExecute" ? taint.With("timeAdded", now) : taint);
        }

        return new JsonArray(taints);
    }

    private static List<(string Key, string Effect)> Wanted(ApiObject node)
    {
        var wanted = new List<(string, string)>();
        foreach ((string condition, string status, string key) in ByCondition)
        {
            if (Condition.Find(node.Status, condition)?.Status == status)
            {
                wanted.Add((key, "NoSchedule"));
                if (condition == "Ready")
                {
                    wanted.Add((key, "NoExecute"));
                }
            }
        }

        if (NodeView.Of(node).IsUnschedulable)
        {
            wanted.Add(($"{Prefix}unschedulable", "NoSchedule"));
        }

        return wanted;
    }

    private static bool IsOurs((string Key, string Effect) taint) =>
        Array.IndexOf(Kept, taint.Key) >= 0
        && (taint.Effect == "NoSchedule"
            || (taint.Effect == "NoExecute"
                && taint.Key is "node.kubernetes.io/not-ready" or "node.kubernetes.io/unreachable"));
}
