using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>Ends events that are too old or too many, when another one is written.</summary>
internal sealed class EventRetention(ApiServerOptions options)
{
    private readonly Queue<(ObjectKey Key, string Uid, SimTime WrittenAt)> _kept = new();

    public void Written(ApiObject @event, Registry registry, Outbox outbox)
    {
        _kept.Enqueue((@event.Key, @event.Uid, outbox.Now));
        SimTime now = outbox.Now;
        var ttl = SimDuration.FromSeconds(options.EventTtlSeconds);
        while (_kept.TryPeek(out var oldest) && (_kept.Count > options.EventsMax || now - oldest.WrittenAt >= ttl))
        {
            _kept.Dequeue();
            if (registry.Store.Find(ResourceTypes.Events, oldest.Key) is { } kept && kept.Uid == oldest.Uid)
            {
                registry.Remove(kept, outbox);
            }
        }
    }
}
