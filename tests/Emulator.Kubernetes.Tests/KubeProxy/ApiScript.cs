using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>
/// Plays the API server's part towards one actor, by hand: keeps a few objects, answers lists and watches from them, and
/// collects everything else that the actor sends.
/// </summary>
public sealed class ApiScript(Actor actor, ActorRef host, ActorRef apiServer)
{
    private readonly SortedDictionary<(int Type, ObjectKey Key), ApiObject> _objects = [];
    private readonly List<WatchRequest> _watches = [];
    private readonly List<WatchEvent> _history = [];
    private readonly List<(long At, int Number, Message Message)> _timers = [];
    private long _version = 100;
    private long _sequence;

    public Outbox Outbox { get; } = new();

    /// <summary>What the actor asked to be written, oldest first.</summary>
    public List<ApiRequest> Writes { get; } = [];

    /// <summary>What the actor told others, oldest first.</summary>
    public List<(ActorRef To, Message Message)> Told { get; } = [];

    public IReadOnlyList<T> ToldOf<T>() => [.. Told.Select(t => t.Message).OfType<T>()];

    public void Start()
    {
        actor.OnStart(Outbox);
        Drain();
    }

    public void Deliver(Message message)
    {
        actor.Receive(message, 0, Outbox);
        Drain();
    }

    /// <summary>Puts an object as it is, with a new version, and tells the watches.</summary>
    public ApiObject Put(ApiObject written)
    {
        bool known = _objects.ContainsKey((written.Type.Index, written.Key));
        ApiObject made = written
            .With(["metadata", "resourceVersion"], (++_version).ToString(System.Globalization.CultureInfo.InvariantCulture))
            .With(["metadata", "uid"], written.Uid.Length > 0 ? written.Uid : $"uid-{written.Type}-{written.Key}");
        _objects[(made.Type.Index, made.Key)] = made;
        Tell(new WatchEvent(known ? WatchEventType.Modified : WatchEventType.Added, made, made.ResourceVersion));
        return made;
    }

    public void Remove(ResourceType type, string @namespace, string name)
    {
        if (_objects.Remove((type.Index, new ObjectKey(@namespace, name)), out ApiObject? gone))
        {
            Tell(new WatchEvent(WatchEventType.Deleted, gone, new ResourceVersion(++_version)));
        }
    }

    public ApiObject? Find(ResourceType type, string @namespace, string name) =>
        _objects.GetValueOrDefault((type.Index, new ObjectKey(@namespace, name)));

    /// <summary>Lets time pass and delivers the actor's timers that fall due.</summary>
    public void Advance(SimDuration duration)
    {
        long end = (Outbox.Now + duration).Nanoseconds;
        while (_timers.Count > 0)
        {
            (long At, int Number, Message Message) next = _timers.Min();
            if (next.At > end)
            {
                break;
            }

            _timers.Remove(next);
            Outbox.Now = new SimTime(next.At);
            Deliver(next.Message);
        }

        Outbox.Now = new SimTime(end);
    }

    private void Tell(WatchEvent change)
    {
        _history.Add(change);
        foreach (WatchRequest watch in _watches.ToArray())
        {
            Tell(change, watch);
        }
    }

    private void Tell(WatchEvent change, WatchRequest watch)
    {
        if (watch.Type == change.Object!.Type && watch.Scope.Matches(change.Object)) // These changes have an object.
        {
            Answer(new WatchEvents(watch.Session, ++_sequence, [new WatchBatch(watch.Id, [change], 1)]));
        }
    }

    private void Answer(ApiMessage content) => Deliver(new SessionSegment(apiServer, actor.Self, 1, content));

    private void Drain()
    {
        Outgoing[] sent = [.. Outbox.Sent];
        Outbox.Clear();
        foreach (Outgoing outgoing in sent)
        {
            if (outgoing.To == actor.Self)
            {
                _timers.Add((Outbox.Now.Nanoseconds + outgoing.DelayNanoseconds, _timers.Count, outgoing.Message));
            }
            else if (outgoing.Message is SessionSegment { Content: ApiMessage request })
            {
                Assert.Same(host, outgoing.To);
                Take(request);
            }
            else
            {
                Told.Add((outgoing.To, outgoing.Message));
            }
        }
    }

    private void Take(ApiMessage request)
    {
        switch (request)
        {
            case ListRequest list:
                Answer(new ApiResponse(list.Session, list.Id)
                {
                    Items = [.. _objects.Values.Where(o => o.Type == list.Type && list.Scope.Matches(o))],
                    ResourceVersion = new ResourceVersion(_version),
                });
                break;
            case WatchRequest watch:
                _watches.Add(watch);
                foreach (WatchEvent missed in _history.Where(e => e.ResourceVersion > watch.After).ToArray())
                {
                    Tell(missed, watch);
                }

                break;
            case CreateRequest create:
                Writes.Add(create);
                ApiObject made = Put(create.Object);
                Answer(new ApiResponse(create.Session, create.Id) { Object = made });
                break;
            case PatchRequest { PatchType: PatchType.Merge } patch:
                Writes.Add(patch);
                ApiObject now = Put(new ApiObject(patch.Type, (JsonObject)Merge(
                    _objects[(patch.Type.Index, patch.Key)].Json, patch.Patch)));
                Answer(new ApiResponse(patch.Session, patch.Id) { Object = now });
                break;
            case DeleteRequest delete:
                Writes.Add(delete);
                Remove(delete.Type, delete.Key.Namespace, delete.Key.Name);
                Answer(new ApiResponse(delete.Session, delete.Id));
                break;
            case SessionPing ping:
                Answer(new ApiResponse(ping.Session, ping.Id));
                break;
            default:
                throw new NotSupportedException($"the script does not play {request.GetType().Name}");
        }
    }

    /// <summary>RFC 7386.</summary>
    private static JsonValue Merge(JsonValue? target, JsonValue patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch;
        }

        JsonObject merged = target as JsonObject ?? JsonObject.Empty;
        foreach ((string name, JsonValue value) in changes.Pairs)
        {
            merged = value is JsonNull ? merged.Without(name) : merged.With(name, Merge(merged.Find(name), value));
        }

        return merged;
    }
}
