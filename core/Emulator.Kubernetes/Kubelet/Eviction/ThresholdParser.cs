using Emulator.Core.Time;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>Reads a kubelet's <c>evictionHard</c>, <c>evictionSoft</c> and what goes with them.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction/helpers.go (ParseThresholdConfig). 0% and 100% switch a threshold
/// off.</remarks>
public static class ThresholdParser
{
    /// <summary>The thresholds; null when something is wrong, with a sentence that says what.</summary>
    /// <param name="hard"><c>evictionHard</c>: signal and value.</param>
    /// <param name="soft"><c>evictionSoft</c>.</param>
    /// <param name="grace"><c>evictionSoftGracePeriod</c>: signal and duration.</param>
    /// <param name="reclaim"><c>evictionMinimumReclaim</c>.</param>
    /// <param name="withAllocatable">Whether kubepods has a limit that hard thresholds of memory hold for too.</param>
    /// <param name="problem">What is wrong.</param>
    public static IReadOnlyList<EvictionThreshold>? Parse(
        IReadOnlyList<KeyValuePair<string, string>> hard, IReadOnlyList<KeyValuePair<string, string>> soft,
        IReadOnlyList<KeyValuePair<string, string>> grace, IReadOnlyList<KeyValuePair<string, string>> reclaim,
        bool withAllocatable, out string? problem)
    {
        var thresholds = new List<EvictionThreshold>();
        problem = null;
        foreach ((string signal, ThresholdValue value) in Values("evictionHard", hard, ref problem))
        {
            if (withAllocatable && signal == EvictionSignals.Memory)
            {
                thresholds.Add(new EvictionThreshold(EvictionSignals.AllocatableMemory, value));
            }

            thresholds.Add(new EvictionThreshold(signal, value));
        }

        foreach ((string signal, ThresholdValue value) in Values("evictionSoft", soft, ref problem))
        {
            string? text = Find(grace, signal);
            if (text is null || !DurationText.TryParse(text, out SimDuration time))
            {
                problem ??= text is null
                    ? $"evictionSoft {signal} needs a grace; write evictionSoftGracePeriod: {{{signal}: 1m30s}}"
                    : $"evictionSoftGracePeriod {signal}: '{text}' is not a duration; write one such as 1m30s";
                continue;
            }

            thresholds.Add(new EvictionThreshold(signal, value, time));
        }

        var least = new SortedDictionary<string, ThresholdValue>(StringComparer.Ordinal);
        foreach ((string signal, ThresholdValue value) in Values("evictionMinimumReclaim", reclaim, ref problem, true))
        {
            least[signal] = value;
        }

        return problem is not null ? null : [.. thresholds.Select(t => t with
        {
            MinReclaim = least.TryGetValue(
                t.Signal == EvictionSignals.AllocatableMemory ? EvictionSignals.Memory : t.Signal,
                out ThresholdValue value) ? value : null,
        })];
    }

    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> list, string signal)
    {
        foreach ((string name, string text) in list)
        {
            if (name == signal)
            {
                return text;
            }
        }

        return null;
    }

    private static List<(string Signal, ThresholdValue Value)> Values(
        string field, IReadOnlyList<KeyValuePair<string, string>> texts, ref string? problem, bool mayBeZero = false)
    {
        var values = new List<(string, ThresholdValue)>();
        foreach ((string signal, string text) in texts)
        {
            if (!EvictionSignals.All.Contains(signal))
            {
                problem ??= $"{field}: {signal} is not a signal that is modelled; there are "
                    + string.Join(", ", EvictionSignals.All);
            }
            else if (!ThresholdValue.TryParse(text, out ThresholdValue value)
                || value.Sign < 0 || (value.Sign == 0 && value.Millionths is null && !mayBeZero))
            {
                problem ??= $"{field} {signal}: '{text}' is not an amount above 0; write one such as 100Mi or 10%";
            }
            else if (mayBeZero || value.Millionths is not (0 or 1_000_000))
            {
                values.Add((signal, value));
            }
        }

        return values;
    }
}
