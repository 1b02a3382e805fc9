using Emulator.Core.Time;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>Which thresholds a node is below, since when, and what conditions follow.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction (eviction_manager.go, synchronize; helpers.go). Knows no
/// actor.</remarks>
public sealed class PressureState(EvictionOptions options)
{
    private List<KeyValuePair<EvictionThreshold, SimTime>> _firstObservedAt = [];
    private SortedDictionary<string, SimTime> _conditionsAt = new(StringComparer.Ordinal);

    /// <summary>Conditions of the node, sorted.</summary>
    public IReadOnlyList<string> Conditions { get; private set; } = [];

    /// <summary>Thresholds whose grace is over.</summary>
    public IReadOnlyList<EvictionThreshold> Met { get; private set; } = [];

    /// <summary>Whether nothing is met, nothing is waited for and no condition is true.</summary>
    public bool IsCalm => _firstObservedAt.Count == 0 && Conditions.Count == 0;

    /// <summary>A look at the node.</summary>
    public void Observe(IReadOnlyDictionary<string, SignalObservation> seen, SimTime now)
    {
        List<EvictionThreshold> met = MetBy(options.Thresholds, seen, false);
        foreach (EvictionThreshold threshold in MetBy(Met, seen, true))
        {
            if (!met.Contains(threshold))
            {
                met.Add(threshold);
            }
        }

        _firstObservedAt = FirstObservedAt(met, _firstObservedAt, now);
        foreach (string condition in ConditionsOf(met))
        {
            _conditionsAt[condition] = now;
        }

        Conditions = ObservedSince(_conditionsAt, options.PressureTransitionPeriod, now);
        _conditionsAt = new SortedDictionary<string, SimTime>(
            Conditions.ToDictionary(c => c, c => _conditionsAt[c]), StringComparer.Ordinal);
        Met = GraceOver(_firstObservedAt, now);
    }

    /// <summary>The thresholds that are met, in their order.</summary>
    public static List<EvictionThreshold> MetBy(
        IEnumerable<EvictionThreshold> thresholds, IReadOnlyDictionary<string, SignalObservation> seen,
        bool withReclaim) =>
        [.. thresholds.Where(t => seen.TryGetValue(t.Signal, out SignalObservation has) && t.IsMet(has, withReclaim))];

    /// <summary>Since when each threshold is met, in the order of those that are met.</summary>
    public static List<KeyValuePair<EvictionThreshold, SimTime>> FirstObservedAt(
        IEnumerable<EvictionThreshold> met, IReadOnlyList<KeyValuePair<EvictionThreshold, SimTime>> before,
        SimTime now) =>
        [.. met.Select(t => before.FirstOrDefault(b => b.Key == t, KeyValuePair.Create(t, now)))];

    /// <summary>The thresholds whose grace is over, in their order.</summary>
    public static List<EvictionThreshold> GraceOver(
        IEnumerable<KeyValuePair<EvictionThreshold, SimTime>> firstObservedAt, SimTime now) =>
        [.. firstObservedAt.Where(t => now - t.Value >= (t.Key.Grace ?? SimDuration.Zero)).Select(t => t.Key)];

    /// <summary>The conditions of thresholds, sorted.</summary>
    public static IReadOnlyList<string> ConditionsOf(IEnumerable<EvictionThreshold> met) =>
        [.. met.Select(t => EvictionSignals.ConditionOf(t.Signal)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The conditions that were seen less than a period ago, sorted.</summary>
    public static IReadOnlyList<string> ObservedSince(
        IEnumerable<KeyValuePair<string, SimTime>> observedAt, SimDuration period, SimTime now) =>
        [.. observedAt.Where(c => now - c.Value < period).Select(c => c.Key).Order(StringComparer.Ordinal)];
}
