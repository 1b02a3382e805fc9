using System.Globalization;
using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Writes what a kubelet does to pods as Event objects; the same once more only raises the count.</summary>
/// <remarks>Source: kubernetes client-go tools/record (events_cache.go): at most <see cref="Burst"/> writes about one
/// pod, and one more every <see cref="Refill"/>; what is beyond is left out. Left out: the aggregation of similar
/// events, the limit over all pods.</remarks>
/// <param name="client">The way to the API server.</param>
/// <param name="nodeName">The node.</param>
internal sealed class EventRecorder(ApiClient client, string nodeName)
{
    /// <summary>Writes about one pod in a row.</summary>
    public const int Burst = 25;

    /// <summary>From one further write about the pod to the next.</summary>
    public static readonly SimDuration Refill = SimDuration.FromSeconds(300);

    private readonly Dictionary<string, Told> _pods = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Something normal happened to a container, or to the pod where it is empty.</summary>
    public void Normal(PodView pod, string container, string reason, string message, Outbox outbox) =>
        Write(pod, container, "Normal", reason, message, outbox);

    /// <summary>Something went wrong.</summary>
    public void Warning(PodView pod, string container, string reason, string message, Outbox outbox) =>
        Write(pod, container, "Warning", reason, message, outbox);

    /// <summary>Something happened to the node itself.</summary>
    public void OfNode(string type, string reason, string message, Outbox outbox) => Write(
        new Subject(nodeName, "default", nodeName, JsonObject.Of(
            ("kind", "Node"), ("name", nodeName), ("uid", nodeName))),
        "", type, reason, message, outbox);

    /// <summary>A pod is gone: what was told of it is forgotten.</summary>
    public void Forget(string uid) => _pods.Remove(uid);

    private void Write(
        PodView pod, string container, string type, string reason, string message, Outbox outbox)
    {
        JsonObject about = JsonObject.Of(
            ("kind", "Pod"), ("namespace", pod.Namespace), ("name", pod.Name), ("uid", pod.Uid), ("apiVersion", "v1"));
        if (container.Length > 0)
        {
            bool isInit = pod.InitContainers.Any(c => c.Name == container);
            about = about.With("fieldPath", $"spec.{(isInit ? "initContainers" : "containers")}{{{container}}}");
        }

        Write(new Subject(pod.Uid, pod.Namespace, pod.Name, about), container, type, reason, message, outbox);
    }

    private void Write(
        Subject about, string container, string type, string reason, string message, Outbox outbox)
    {
        if (!_pods.TryGetValue(about.Uid, out Told? told))
        {
            told = new Told { FullAt = outbox.Now };
            _pods.Add(about.Uid, told);
        }

        if (!told.TryTake(outbox.Now))
        {
            return;
        }

        Entry? known = told.Entries.Find(e => e.Reason == reason && e.Container == container && e.Message == message);
        if (known is not null)
        {
            known.Count++;
            client.Patch(
                ResourceTypes.Events, new ObjectKey(about.Namespace, known.Name), PatchType.Merge,
                JsonObject.Of(("count", known.Count), ("lastTimestamp", ModelClock.ToText(outbox.Now))), outbox);
            return;
        }

        // Its name must be no other event's: time, then a number of this kubelet's.
        string name = string.Create(
            CultureInfo.InvariantCulture, $"{about.Name}.{outbox.Now.Nanoseconds:x}.{nodeName}.{++_last:x}");
        told.Entries.Add(new Entry(name, reason, container, message));
        client.Create(Object(about, name, (type, reason, message), outbox.Now), outbox);
    }

    private ApiObject Object(
        Subject about, string name, (string Type, string Reason, string Message) what, SimTime now)
    {
        string text = ModelClock.ToText(now);
        return new ApiObject(ResourceTypes.Events, JsonObject.Of(
            ("metadata", JsonObject.Of(("name", name), ("namespace", about.Namespace))),
            ("involvedObject", about.Json), ("reason", what.Reason), ("message", what.Message),
            ("source", JsonObject.Of(("component", "kubelet"), ("host", nodeName))),
            ("firstTimestamp", text), ("lastTimestamp", text), ("count", 1), ("type", what.Type),
            ("reportingComponent", "kubelet"), ("reportingInstance", nodeName)));
    }

    /// <summary>Whom an event is about.</summary>
    private sealed record Subject(string Uid, string Namespace, string Name, JsonObject Json);

    private sealed class Entry(string name, string reason, string container, string message)
    {
        public string Name { get; } = name;

        public string Reason { get; } = reason;

        public string Container { get; } = container;

        public string Message { get; } = message;

        public int Count { get; set; } = 1;
    }

    /// <summary>What was told of one pod.</summary>
    private sealed class Told
    {
        public List<Entry> Entries { get; } = [];

        /// <summary>When all <see cref="Burst"/> writes are free again.</summary>
        public SimTime FullAt { get; set; }

        public bool TryTake(SimTime now)
        {
            SimTime from = FullAt < now ? now : FullAt;
            if (from + Refill - now > Refill * Burst)
            {
                return false;
            }

            FullAt = from + Refill;
            return true;
        }
    }
}
