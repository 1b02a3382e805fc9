using System.Globalization;
using System.Numerics;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.ReplicaSets;

/// <summary>Which pods of a ReplicaSet go first when there are too many.</summary>
/// <remarks>
/// Source: Kubernetes' <c>ActivePodsWithRanks</c>. In order: without a node; pending, then unknown, then running; not
/// ready; lower <c>controller.kubernetes.io/pod-deletion-cost</c>; more siblings on its node; ready for less long; more
/// restarts; younger; at last by UID. Ages are compared by the power of two of their nanoseconds, and two within one
/// power by UID.
/// </remarks>
public sealed class ScaleDownOrder : IComparer<ScaleDownOrder.RankedPod>
{
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";
    private readonly SimTime _now;

    private ScaleDownOrder(SimTime now) => _now = now;

    /// <summary>The pods, those to delete first at the front.</summary>
    /// <param name="pods">The active pods of one ReplicaSet.</param>
    /// <param name="related">All active pods that count as siblings: those of all ReplicaSets of the
    /// Deployment.</param>
    /// <param name="now">The time now.</param>
    public static List<ApiObject> Sort(IEnumerable<ApiObject> pods, IEnumerable<ApiObject> related, SimTime now)
    {
        var onNode = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ApiObject pod in related)
        {
            string node = PodView.Of(pod).NodeName;
            onNode[node] = onNode.GetValueOrDefault(node) + 1;
        }

        List<RankedPod> ranked =
            [.. pods.Select(p => new RankedPod(p, onNode.GetValueOrDefault(PodView.Of(p).NodeName)))];
        ranked.Sort(new ScaleDownOrder(now));
        return ranked.ConvertAll(r => r.Pod);
    }

    /// <inheritdoc/>
    public int Compare(RankedPod? x, RankedPod? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ReadOnlySpan<int> criteria =
        [
            x.IsAssigned.CompareTo(y.IsAssigned),
            x.Phase.CompareTo(y.Phase),
            x.IsReady.CompareTo(y.IsReady),
            x.Cost.CompareTo(y.Cost),
            y.Rank.CompareTo(x.Rank),
            x.IsReady && y.IsReady ? CompareAges(x, x.ReadySince, y, y.ReadySince) : 0,
            y.Restarts.CompareTo(x.Restarts),
            CompareAges(x, x.Created, y, y.Created),
        ];
        foreach (int criterion in criteria)
        {
            if (criterion != 0)
            {
                return criterion;
            }
        }

        return string.CompareOrdinal(x.Pod.Uid, y.Pod.Uid);
    }

    // No time at all goes before any time; then the younger.
    private int CompareAges(RankedPod x, SimTime? left, RankedPod y, SimTime? right)
    {
        if (left is null || right is null)
        {
            return (left is not null).CompareTo(right is not null);
        }

        if (left == right)
        {
            return 0;
        }

        int order = Magnitude(left.Value).CompareTo(Magnitude(right.Value));
        return order != 0 ? order : string.CompareOrdinal(x.Pod.Uid, y.Pod.Uid);
    }

    private int Magnitude(SimTime since)
    {
        long age = _now.Nanoseconds - since.Nanoseconds;
        return age <= 0 ? -1 : BitOperations.Log2((ulong)age);
    }

    /// <summary>A pod and what its place depends on.</summary>
    public sealed class RankedPod(ApiObject pod, int rank)
    {
        private readonly PodView _view = PodView.Of(pod);

        /// <summary>The pod.</summary>
        public ApiObject Pod => pod;

        /// <summary>How many siblings its node has.</summary>
        public int Rank => rank;

        /// <summary>Whether it has a node.</summary>
        public bool IsAssigned => _view.NodeName.Length > 0;

        /// <summary>0 pending, 1 unknown, 2 running.</summary>
        public int Phase { get; } = PodView.Of(pod).Phase switch { "Pending" => 0, "Unknown" => 1, _ => 2 };

        /// <summary>Whether it is ready.</summary>
        public bool IsReady => _view.IsReady;

        /// <summary>Its deletion cost.</summary>
        public int Cost { get; } = int.TryParse(
            pod.Annotations[DeletionCost], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int cost)
                ? cost : 0;

        /// <summary>Since when it is ready; null when not known.</summary>
        public SimTime? ReadySince { get; } = Time(PodView.Of(pod).FindCondition("Ready")?.LastTransitionTime);

        /// <summary>When it was made; null when not known.</summary>
        public SimTime? Created { get; } = Time(pod.CreationTimestamp);

        /// <summary>The most restarts of one of its containers.</summary>
        public long Restarts { get; } = Most(PodView.Of(pod).ContainerStatuses);

        private static SimTime? Time(string? text) => ModelClock.TryParse(text, out SimTime time) ? time : null;

        private static long Most(IReadOnlyList<JsonValue> statuses)
        {
            long most = 0;
            foreach (JsonValue status in statuses)
            {
                most = Math.Max(most, status["restartCount"]?.AsInt64 ?? 0);
            }

            return most;
        }
    }
}
