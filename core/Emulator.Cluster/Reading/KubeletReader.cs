using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet.Eviction;

namespace Emulator.Cluster.Reading;

/// <summary>Reads <c>spec.kubelet</c> of a Cluster document.</summary>
internal static class KubeletReader
{
    /// <summary>The kubelets' configuration; the defaults where nothing is written.</summary>
    public static KubeletSpec Read(Section spec)
    {
        Section kubelet = spec.Child(
            "kubelet", "evictionHard", "evictionSoft", "evictionSoftGracePeriod", "evictionMinimumReclaim",
            "evictionMaxPodGracePeriod", "evictionPressureTransitionPeriod", "kubeReserved", "systemReserved",
            "podPidsLimit", "shutdownGracePeriod", "shutdownGracePeriodCriticalPods");
        SimDuration grace = kubelet.Duration("shutdownGracePeriod") ?? SimDuration.Zero;
        SimDuration critical = kubelet.Duration("shutdownGracePeriodCriticalPods") ?? SimDuration.Zero;
        if (critical > grace)
        {
            kubelet.Report(
                "shutdownGracePeriodCriticalPods",
                "is longer than shutdownGracePeriod, which it is a part of; write a shorter one.");
        }

        return new KubeletSpec
        {
            Eviction = ReadEviction(kubelet),
            KubeReserved = ReadAmounts(kubelet, "kubeReserved"),
            SystemReserved = ReadAmounts(kubelet, "systemReserved"),
            PodPidsLimit = kubelet.Whole("podPidsLimit", 1, 4_194_304),
            ShutdownGracePeriod = grace,
            ShutdownGracePeriodCriticalPods = critical,
        };
    }

    private static EvictionOptions ReadEviction(Section kubelet)
    {
        var defaults = new EvictionOptions();
        IReadOnlyList<EvictionThreshold>? thresholds = ThresholdParser.Parse(
            kubelet["evictionHard"] is null ? EvictionOptions.DefaultHard : Plain(kubelet, "evictionHard"),
            Plain(kubelet, "evictionSoft"), Plain(kubelet, "evictionSoftGracePeriod"),
            Plain(kubelet, "evictionMinimumReclaim"), true, out string? problem);
        if (problem is not null)
        {
            kubelet.Report("", problem + ".");
        }

        return new EvictionOptions
        {
            Thresholds = thresholds ?? defaults.Thresholds,
            MaxPodGracePeriodSeconds = kubelet.Whole("evictionMaxPodGracePeriod", 0, 86_400) ?? 0,
            PressureTransitionPeriod =
                kubelet.Duration("evictionPressureTransitionPeriod") ?? defaults.PressureTransitionPeriod,
        };
    }

    private static ResourceList ReadAmounts(Section kubelet, string field)
    {
        var amounts = new List<KeyValuePair<string, Quantity>>();
        foreach ((string name, string text) in Plain(kubelet, field))
        {
            if (Quantity.TryParse(text, out Quantity amount) && amount.Sign >= 0
                && name is "cpu" or "memory" or "ephemeral-storage")
            {
                amounts.Add(KeyValuePair.Create(name, amount));
            }
            else
            {
                kubelet.Report(
                    field, $"{name}: '{text}' is not an amount that can be reserved; write cpu, memory or "
                    + "ephemeral-storage and a quantity such as 500m or 1Gi.");
            }
        }

        return ResourceList.Of(amounts);
    }

    /// <summary>The members of a map, numbers as they are written.</summary>
    private static List<KeyValuePair<string, string>> Plain(Section section, string field)
    {
        var texts = new List<KeyValuePair<string, string>>();
        if (section[field] is { } map and not JsonObject)
        {
            section.Report(field, $"{Section.Shown(map)} is not a map; write names and values.");
            return texts;
        }

        foreach ((string key, JsonValue value) in section[field]?.Members ?? [])
        {
            if (Section.Plain(value) is { } text)
            {
                texts.Add(KeyValuePair.Create(key, text));
            }
            else
            {
                section.Report(field, $"{key}: {Section.Shown(value)} is not a text or number; write one.");
            }
        }

        return texts;
    }
}
