using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Tests.Scheduler;

/// <summary>Makes pods and nodes of what this folder's Facts say.</summary>
internal static class SchedulerFacts
{
    public static NodeEntry Node(JsonValue node)
    {
        var entry = new NodeEntry(node.At("metadata", "name")?.AsString ?? "");
        entry.Update(NodeDescription.Parse(node));
        return entry;
    }

    public static NodeEntry NodeWith(JsonValue? allocatable, JsonValue? existingPods)
    {
        NodeEntry node =
            Node(JsonObject.Of(("status", JsonObject.Of(("allocatable", allocatable ?? JsonObject.Empty)))));
        Book(node, existingPods);
        return node;
    }

    public static NodeEntry[] Nodes(JsonValue @case)
    {
        NodeEntry[] nodes = [.. @case["nodes"]!.Items.Select(Node)]; // Cases of scores have nodes.
        foreach (NodeEntry node in nodes)
        {
            Book(node, new JsonArray(
                [.. (@case["existingPods"]?.Items ?? []).Where(p => p.At("spec", "nodeName")?.AsString == node.Name)]));
        }

        return nodes;
    }

    public static QueuedPod Pod(JsonValue? pod)
    {
        JsonObject json = pod as JsonObject ?? JsonObject.Empty;
        return new QueuedPod(new ApiObject(ResourceTypes.Pods, json),
            PodRequirements.Parse(json["spec"] ?? JsonObject.Empty));
    }

    public static void AssertStatus(JsonValue @case, Status status)
    {
        Assert.Equal(@case["code"]!.AsString, status.Code.ToString());
        Assert.Equal((@case["reasons"]?.Items ?? []).Select(r => r.AsString!), status.Reasons); // Reasons are strings.
    }

    public static void AssertScores(JsonValue @case, IScorePlugin plugin)
    {
        var state = new CycleState();
        QueuedPod pod = Pod(@case["pod"]);
        NodeEntry[] nodes = Nodes(@case);
        long[] scores = [.. nodes.Select(n => plugin.Score(state, pod, n))];
        plugin.NormalizeScore(state, pod, scores);
        // Scores are whole numbers.
        Assert.Equal(@case["scores"]!.Items.Select(s => s["score"]!.AsInt64!.Value), scores);
    }

    private static void Book(NodeEntry node, JsonValue? pods)
    {
        foreach (JsonValue pod in pods?.Items ?? [])
        {
            node.Add(PodRequirements.Parse(pod["spec"] ?? JsonObject.Empty));
        }
    }
}
