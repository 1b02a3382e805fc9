using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Scheduler.Nodes;

/// <summary>Which pod is booked on which node, with pods assumed there while their binding is on its way.</summary>
/// <remarks>Source: kube-scheduler's cache and its assumed pods. Keyed by UID. An assumed pod does not expire: the
/// answer to its binding, or the end of the session with the API server, always comes.</remarks>
public sealed class PodBookings(NodeTable nodes)
{
    private readonly Dictionary<string, Booking> _byUid = new(StringComparer.Ordinal);

    /// <summary>How many pods are booked.</summary>
    public int Count => _byUid.Count;

    /// <summary>How many of them are assumed.</summary>
    public int AssumedCount { get; private set; }

    /// <summary>Whether a pod is booked, assumed or not.</summary>
    public bool Contains(string uid) => _byUid.ContainsKey(uid);

    /// <summary>Books a pod that is about to be bound.</summary>
    public void Assume(string uid, PodRequirements pod, NodeEntry node)
    {
        _byUid.Add(uid, new Booking(node, pod, true));
        AssumedCount++;
        node.Add(pod);
    }

    /// <summary>Books a pod that the API says is on a node; what was assumed of it is forgotten.</summary>
    /// <returns>Whether this frees anything (another node was assumed, or it asked for more before).</returns>
    public bool Confirm(string uid, PodRequirements pod, string nodeName)
    {
        bool moved = false;
        if (_byUid.TryGetValue(uid, out Booking booking))
        {
            if (booking.Node.Name == nodeName && booking.Pod.BooksLike(pod))
            {
                AssumedCount -= booking.Assumed ? 1 : 0;
                _byUid[uid] = booking with { Assumed = false };
                return false;
            }

            Remove(uid);
            moved = true;
        }

        NodeEntry node = nodes.GetOrAdd(nodeName);
        _byUid.Add(uid, new Booking(node, pod, false));
        node.Add(pod);
        return moved;
    }

    /// <summary>Gives back what an assumed pod had booked; a confirmed one stays.</summary>
    public bool Forget(string uid) => _byUid.TryGetValue(uid, out Booking booking) && booking.Assumed && Remove(uid);

    /// <summary>Gives back what a pod had booked.</summary>
    public bool Remove(string uid)
    {
        if (!_byUid.Remove(uid, out Booking booking))
        {
            return false;
        }

        AssumedCount -= booking.Assumed ? 1 : 0;
        booking.Node.Remove(booking.Pod);
        nodes.ForgetIfEmpty(booking.Node);
        return true;
    }

    private readonly record struct Booking(NodeEntry Node, PodRequirements Pod, bool Assumed);
}
