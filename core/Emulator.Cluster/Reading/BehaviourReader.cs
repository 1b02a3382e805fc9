using System.Globalization;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Cluster.Reading;

/// <summary>Reads what a container costs from its pod's annotations: <c>emulator.dev/NAME</c> for all containers,
/// <c>emulator.dev/NAME.CONTAINER</c> for one.</summary>
/// <remarks>Durations as Kubernetes writes them (10ms), memory as quantities (64Mi).</remarks>
public static class BehaviourReader
{
    /// <summary>What all names begin with.</summary>
    public const string Prefix = "emulator.dev/";

    private const string CpuPerRequest = "cpu-per-request";
    private const string CpuDistribution = "cpu-distribution";
    private const string Concurrency = "concurrency";
    private const string Backlog = "backlog";
    private const string Memory = "memory";
    private const string MemoryPerRequest = "memory-per-request";
    private const string MemoryLeak = "memory-leak";
    private const string MemoryLeakPerRequest = "memory-leak-per-request";
    private const string PageCache = "page-cache";
    private const string CpuBurn = "cpu-burn";

    private const long ConcurrencyMax = 1_000_000;
    private const long BurnMax = 4_096;

    private static readonly SimDuration CpuMax = SimDuration.FromSeconds(3_600);

    /// <summary>The names without prefix and container.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        CpuPerRequest, CpuDistribution, Concurrency, Backlog, Memory, MemoryPerRequest, MemoryLeak,
        MemoryLeakPerRequest, PageCache, CpuBurn,
    ];

    /// <summary>A container's behaviour.</summary>
    /// <param name="annotations">An annotation's value by its name; null where it is missing.</param>
    /// <param name="container">The container.</param>
    /// <param name="wrong">Told of an annotation's name and what is wrong with its value; the default stays.</param>
    public static ServerBehaviour Read(
        Func<string, string?> annotations, string container, Action<string, string> wrong)
    {
        var source = new Source(annotations, container, wrong);
        return new ServerBehaviour
        {
            CpuPerRequestNanoseconds = source.Read(CpuPerRequest, 0L, TryCpu, "a duration from 0 to 1h such as 10ms"),
            IsExponential = source.Read(
                CpuDistribution, false, TryDistribution, "fixed or exponential"),
            Concurrency = (int)source.Read(
                Concurrency, 0, TryUpTo(ConcurrencyMax), $"a number from 0 (no limit) to {ConcurrencyMax}"),
            Backlog = (int)source.Read(
                Backlog, SocketLimits.BacklogDefault, TryUpTo(ushort.MaxValue, 1),
                $"a number from 1 to {ushort.MaxValue}"),
            MemoryBytes = source.Read(Memory, 0L, TryBytes, "an amount such as 64Mi"),
            MemoryPerRequestBytes = source.Read(MemoryPerRequest, 0L, TryBytes, "an amount such as 1Mi"),
            LeakBytesPerSecond = source.Read(MemoryLeak, 0L, TryBytesPerSecond, "an amount a second such as 1Mi/s"),
            LeakPerRequestBytes = source.Read(MemoryLeakPerRequest, 0L, TryBytes, "an amount such as 10Ki"),
            PageCacheBytes = source.Read(PageCache, 0L, TryBytes, "an amount such as 100Mi"),
            BurnThreads = (int)source.Read(
                CpuBurn, 0, TryUpTo(BurnMax), $"a number of threads from 0 to {BurnMax}"),
        };
    }

    /// <summary>Reports each wrong annotation of an object's pods.</summary>
    /// <param name="document">A Pod, or an object with a template for pods.</param>
    /// <param name="errors">Where to report.</param>
    public static void Check(ManifestDocument document, List<ManifestError> errors)
    {
        foreach (string[] place in Places)
        {
            if (document.Content.At([.. place, "spec", "containers"]) is not JsonArray containers)
            {
                continue;
            }

            JsonValue? annotations = document.Content.At([.. place, "metadata", "annotations"]);
            var told = new SortedSet<string>(StringComparer.Ordinal);
            foreach (JsonValue container in containers.Elements)
            {
                Read(name => annotations?[name]?.AsString, container["name"]?.AsString ?? "", (name, problem) =>
                {
                    if (told.Add(name))
                    {
                        string path = string.Join('.', [.. place, "metadata", "annotations"]);
                        errors.Add(document.Error(FieldPath.Member(path, name), problem));
                    }
                });
            }
        }
    }

    // Where pods are described: in a Pod, in the templates of workloads, in a CronJob's template of a template.
    private static readonly string[][] Places = [[], ["spec", "template"], ["spec", "jobTemplate", "spec", "template"]];

    private delegate bool Parser<T>(string text, out T value);

    private static bool TryCpu(string text, out long nanoseconds)
    {
        bool isRight = DurationText.TryParse(text, out SimDuration duration) && duration <= CpuMax;
        nanoseconds = duration.Nanoseconds;
        return isRight;
    }

    private static bool TryDistribution(string text, out bool isExponential)
    {
        isExponential = text == "exponential";
        return text is "exponential" or "fixed";
    }

    private static bool TryBytes(string text, out long bytes)
    {
        bytes = 0;
        if (!Quantity.TryParse(text, out Quantity quantity) || quantity < Quantity.Zero)
        {
            return false;
        }

        bytes = quantity.Value;
        return true;
    }

    private static bool TryBytesPerSecond(string text, out long bytes)
    {
        bytes = 0;
        return text.EndsWith("/s", StringComparison.Ordinal) && TryBytes(text[..^2], out bytes);
    }

    private static Parser<long> TryUpTo(long most, long least = 0) => (string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number >= least && number <= most;

    private readonly struct Source(Func<string, string?> annotations, string container, Action<string, string> wrong)
    {
        public T Read<T>(string name, T unwritten, Parser<T> parser, string expected)
        {
            string key = $"{Prefix}{name}.{container}";
            string? text = annotations(key);
            if (text is null)
            {
                key = Prefix + name;
                text = annotations(key);
            }

            if (text is null)
            {
                return unwritten;
            }

            if (parser(text, out T value))
            {
                return value;
            }

            wrong(key, $"'{text}' is not understood; write {expected}.");
            return unwritten;
        }
    }
}
