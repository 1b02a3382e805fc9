using System.Globalization;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>What a pod's annotations say about the life of one of its containers.</summary>
/// <remarks>An annotation holds for all containers of the pod, or with <c>.CONTAINER</c> at its end for one, which goes
/// before. An init container without any ends at once with exit code 0.</remarks>
public sealed record ContainerBehaviour
{
    /// <summary>How long a node takes to pull the container's image when it has it not yet. Default 0: the pull is part
    /// of each pod's start.</summary>
    public const string PullTime = "emulator.dev/pull-time";

    /// <summary>From the container's start until it opens its ports. Default 0.</summary>
    public const string StartUpTime = "emulator.dev/start-up-time";

    /// <summary>From the container's start until it ends by itself. Default: never; 0 for init containers.</summary>
    public const string RunTime = "emulator.dev/run-time";

    /// <summary>Its exit code when it ends by itself, 0 to 255. Default 0.</summary>
    public const string ExitCode = "emulator.dev/exit-code";

    /// <summary>From the container's start until it ends by itself with exit code 1; not with <see cref="RunTime"/>.
    /// </summary>
    public const string CrashAfter = "emulator.dev/crash-after";

    /// <summary>From the container's start until it hangs: connections are accepted, nothing is answered. Default:
    /// never.</summary>
    public const string UnhealthyAfter = "emulator.dev/unhealthy-after";

    /// <summary>From SIGTERM to its end, with exit code 0. Default: it ends at once with exit code 143.</summary>
    public const string StopTime = "emulator.dev/stop-time";

    /// <summary>What it writes to its root file system and logs as it starts: bytes. Default 0.</summary>
    public const string EphemeralStorage = "emulator.dev/ephemeral-storage";

    /// <summary>What it writes from then on: bytes a second, such as <c>1Mi/s</c>. Default 0.</summary>
    public const string EphemeralStorageGrowth = "emulator.dev/ephemeral-storage-growth";

    /// <summary>How many processes and threads it has. Default 1.</summary>
    public const string ProcessNumbers = "emulator.dev/pids";

    /// <summary>All names, without a container's. One that begins like another goes before it.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        PullTime, StartUpTime, RunTime, ExitCode, CrashAfter, UnhealthyAfter, StopTime, EphemeralStorageGrowth,
        EphemeralStorage, ProcessNumbers,
    ];

    private static readonly ContainerBehaviour Plain = new();
    private static readonly ContainerBehaviour PlainInit = new() { EndsAfter = SimDuration.Zero };

    /// <summary>See <see cref="PullTime"/>.</summary>
    public SimDuration Pull { get; private init; }

    /// <summary>See <see cref="StartUpTime"/>.</summary>
    public SimDuration StartUp { get; private init; }

    /// <summary>See <see cref="RunTime"/> and <see cref="CrashAfter"/>; null is never.</summary>
    public SimDuration? EndsAfter { get; private init; }

    /// <summary>See <see cref="ExitCode"/>.</summary>
    public int EndsWith { get; private init; }

    /// <summary>See <see cref="UnhealthyAfter"/>; null is never.</summary>
    public SimDuration? HangsAfter { get; private init; }

    /// <summary>See <see cref="EphemeralStorage"/>.</summary>
    public long Storage { get; private init; }

    /// <summary>See <see cref="EphemeralStorageGrowth"/>.</summary>
    public long StorageGrowth { get; private init; }

    /// <summary>See <see cref="ProcessNumbers"/>.</summary>
    public long Pids { get; private init; } = 1;

    /// <summary>See <see cref="StopTime"/>; null leaves SIGTERM to the program.</summary>
    public SimDuration? Stop { get; private init; }

    /// <summary>A container's behaviour. Annotations that make no sense count as not there: <see cref="Check"/> names
    /// them at the edge.</summary>
    public static ContainerBehaviour Of(PodView pod, ContainerView container, ContainerKind kind)
    {
        bool isInit = kind == ContainerKind.Init;
        LabelSet annotations = pod.Object.Annotations;
        if (annotations.Count == 0)
        {
            return isInit ? PlainInit : Plain;
        }

        SimDuration? Time(string name) =>
            Find(annotations, name, container.Name) is { } text && DurationText.TryParse(text, out SimDuration time)
                ? time : null;
        long Number(string name, long otherwise) =>
            Find(annotations, name, container.Name) is { } text && TryNumber(name, text, out long number)
                ? number : otherwise;
        SimDuration? crash = Time(CrashAfter);
        string? code = Find(annotations, ExitCode, container.Name);
        return new ContainerBehaviour
        {
            Pull = Time(PullTime) ?? SimDuration.Zero,
            StartUp = Time(StartUpTime) ?? SimDuration.Zero,
            EndsAfter = crash ?? Time(RunTime) ?? (isInit ? SimDuration.Zero : null),
            EndsWith = crash is not null ? 1 : code is not null && IsExitCode(code, out int value) ? value : 0,
            HangsAfter = Time(UnhealthyAfter),
            Stop = Time(StopTime),
            Storage = Number(EphemeralStorage, 0),
            StorageGrowth = Number(EphemeralStorageGrowth, 0),
            Pids = Number(ProcessNumbers, 1),
        };
    }

    /// <summary>What is wrong with a pod's annotations: the annotation and a sentence that says the cure.</summary>
    public static IEnumerable<(string Annotation, string Problem)> Check(
        LabelSet annotations, IReadOnlyList<string> containers)
    {
        foreach ((string key, string value) in annotations.Pairs)
        {
            if (NameOf(key) is not { } name)
            {
                continue;
            }

            string suffix = key.Length > name.Length ? key[(name.Length + 1)..] : "";
            if (suffix.Length > 0 && !containers.Contains(suffix))
            {
                yield return (key, $"names container '{suffix}', which the pod has not; its containers are "
                    + $"{string.Join(", ", containers)}.");
            }
            else if (Problem(name, value) is { } problem)
            {
                yield return (key, $"'{value}' is not {problem}.");
            }
            else if (name == CrashAfter
                && (containers.Any(c => Applies(suffix, c) && Find(annotations, RunTime, c) is not null)))
            {
                yield return (key, $"stands beside {RunTime}; a container ends once: keep one of the two.");
            }
        }
    }

    /// <summary>The program with this life; the program itself when nothing is special.</summary>
    public Program Give(Program program) => StartUp == SimDuration.Zero && EndsAfter is null && HangsAfter is null
        && Stop is null
            ? program
            : new Lifespan(program)
            {
                StartUp = StartUp, RunTime = EndsAfter, ExitCode = EndsWith, HangsAfter = HangsAfter, StopTime = Stop,
            };

    /// <summary>Whether a container that started at a time has finished its start-up and does not hang.</summary>
    public bool IsHealthy(SimTime startedAt, SimTime now) =>
        now >= startedAt + StartUp && (HangsAfter is not { } healthy || now < startedAt + healthy);

    private static string? Problem(string name, string value) => name switch
    {
        ExitCode => IsExitCode(value, out _) ? null : "an exit code; write a number from 0 to 255",
        EphemeralStorage => TryNumber(name, value, out _) ? null : "an amount; write one such as 100Mi",
        EphemeralStorageGrowth => TryNumber(name, value, out _) ? null : "an amount a second; write one such as 1Mi/s",
        ProcessNumbers => TryNumber(name, value, out _) ? null : "a number of processes; write one from 1",
        _ => DurationText.TryParse(value, out _) ? null : "a duration; write one such as 500ms, 10s or 1m30s",
    };

    private static bool TryNumber(string name, string text, out long number)
    {
        bool isRate = name == EphemeralStorageGrowth;
        if (isRate && !text.EndsWith("/s", StringComparison.Ordinal))
        {
            number = 0;
            return false;
        }

        bool isAmount = Quantity.TryParse(isRate ? text[..^2] : text, out Quantity amount);
        number = amount.Value;
        return isAmount && number >= (name == ProcessNumbers ? 1 : 0);
    }

    private static bool Applies(string suffix, string container) => suffix.Length == 0 || suffix == container;

    private static string? NameOf(string key)
    {
        foreach (string name in Names)
        {
            if (key == name || (key.StartsWith(name, StringComparison.Ordinal) && key[name.Length] == '.'))
            {
                return name;
            }
        }

        return null;
    }

    private static string? Find(LabelSet annotations, string name, string container) =>
        annotations[$"{name}.{container}"] ?? annotations[name];

    private static bool IsExitCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code <= 255;
}
