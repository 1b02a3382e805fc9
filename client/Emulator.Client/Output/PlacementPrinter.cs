using Emulator.Kubernetes.Api;

namespace Emulator.Client.Output;

/// <summary>Prints which pods are on which node.</summary>
internal static class PlacementPrinter
{
    /// <summary>A line a node, pods by namespace and name.</summary>
    public static void Print(Streams streams, IEnumerable<PodView> pods)
    {
        var table = new TextTable("node", "pods");
        IEnumerable<IGrouping<string, PodView>> nodes = pods.GroupBy(p => p.NodeName);
        foreach (IGrouping<string, PodView> node in nodes.OrderBy(g => g.Key, NaturalOrder.Comparer))
        {
            string name = node.Key.Length == 0 ? "(none)" : node.Key;
            table.Add(name, string.Join(", ", node.Select(p => $"{p.Namespace}/{p.Name}")));
        }

        table.Write(streams.Out);
    }
}
