using Emulator.Kubernetes.Scheduler.Framework;

namespace Emulator.Kubernetes.Scheduler.Nodes;

/// <summary>All nodes, in the order in which the scheduler looks at them: zones take turns, nodes of a zone by
/// arrival.</summary>
/// <remarks>Source: kube-scheduler's <c>nodeTree</c> and its cache's snapshot.</remarks>
public sealed class NodeTable
{
    private readonly Dictionary<string, NodeEntry> _byName = new(StringComparer.Ordinal);
    private NodeEntry[] _ordered = [];
    private long _arrivals;
    private bool _stale;

    /// <summary>The nodes that exist, zones taking turns.</summary>
    public ReadOnlySpan<NodeEntry> Ordered
    {
        get
        {
            if (_stale)
            {
                _ordered = Interleave();
                _stale = false;
            }

            return _ordered;
        }
    }

    /// <summary>The node of a name, or null; it may be one whose object is gone.</summary>
    public NodeEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The node of a name; made, as not present, when it is unknown (a pod may be seen before its
    /// node).</summary>
    public NodeEntry GetOrAdd(string name)
    {
        if (!_byName.TryGetValue(name, out NodeEntry? entry))
        {
            entry = new NodeEntry(name);
            _byName.Add(name, entry);
        }

        return entry;
    }

    /// <summary>Takes over a Node object.</summary>
    public ClusterEvents Update(string name, NodeDescription node)
    {
        NodeEntry entry = GetOrAdd(name);
        if (!entry.IsPresent)
        {
            entry.Sequence = ++_arrivals;
            _stale = true;
        }

        _stale |= entry.Zone != node.Zone;
        return entry.Update(node);
    }

    /// <summary>The Node object is gone; what is booked stays booked until its pods are gone too.</summary>
    public void Remove(string name)
    {
        if (!_byName.TryGetValue(name, out NodeEntry? entry) || !entry.IsPresent)
        {
            return;
        }

        entry.IsPresent = false;
        _stale = true;
        ForgetIfEmpty(entry);
    }

    /// <summary>Forgets a node that has neither object nor pods.</summary>
    public void ForgetIfEmpty(NodeEntry entry)
    {
        if (!entry.IsPresent && entry.PodCount == 0)
        {
            _byName.Remove(entry.Name);
        }
    }

    private NodeEntry[] Interleave()
    {
        NodeEntry[] present = [.. _byName.Values.Where(n => n.IsPresent).OrderBy(n => n.Sequence)];
        // A zone's place is that of its first node; GroupBy keeps the order in which keys first come.
        NodeEntry[][] zones = [.. present.GroupBy(n => n.Zone, StringComparer.Ordinal).Select(g => g.ToArray())];
        var ordered = new NodeEntry[present.Length];
        int next = 0;
        for (int turn = 0; next < ordered.Length; turn++)
        {
            foreach (NodeEntry[] zone in zones)
            {
                if (turn < zone.Length)
                {
                    ordered[next++] = zone[turn];
                }
            }
        }

        return ordered;
    }
}
