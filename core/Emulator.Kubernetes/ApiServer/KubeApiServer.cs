using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.ApiServer.Storage;
using Emulator.Kubernetes.ApiServer.Verbs;
using Emulator.Kubernetes.ApiServer.Watches;

namespace Emulator.Kubernetes.ApiServer;

/// <summary>The API server: the one place where the cluster's objects are kept, checked, written and watched.</summary>
/// <remarks>
/// In: <see cref="SessionSegment"/>s of clients, and its own ticks. Out: session segments to clients, through the
/// machine's root for other machines. A request is decided when it arrives; its answer and the events of its writes
/// leave after
/// <see cref="ApiLatency.ProcessingNanoseconds"/>. Answers go out in the order of the requests, and one message with
/// all events of an instant to each client. Follows kube-apiserver with etcd. Left out: authentication, admission
/// webhooks, custom resources, server-side apply, quota. The garbage collector's and the namespace controller's work
/// is done here, after
/// <see cref="CollectionDelay"/>, rather than by controllers that watch everything.
/// </remarks>
public sealed class KubeApiServer : Actor, IObjectReader
{
    /// <summary>
    /// From an owner's end to the deletion of what it owned, and to the emptying of a terminating namespace.
    /// </summary>
    public static readonly SimDuration CollectionDelay = SimDuration.FromMilliseconds(10);

    /// <summary>How often watches are told which version they have reached.</summary>
    public static readonly SimDuration BookmarkInterval = SimDuration.FromSeconds(60);

    private static readonly SimDuration TickInterval = SimDuration.FromSeconds(15);

    private readonly ActorRef _machineRoot;
    private readonly ApiServerOptions _options;
    private readonly Registry _registry;
    private readonly GarbageCollection _garbage;
    private readonly Dictionary<(ActorId Actor, ulong Client), ClientSession> _byClient = [];
    private readonly List<ClientSession> _sessions = [];
    private SimTime _bookmarkedAt;
    private bool _flushPending;
    private bool _collectPending;

    /// <summary>An API server.</summary>
    /// <param name="self">Its address.</param>
    /// <param name="machineRoot">The root of its machine, which has the wire.</param>
    /// <param name="options">How it is set up; null is the defaults.</param>
    public KubeApiServer(ActorRef self, ActorRef machineRoot, ApiServerOptions? options = null)
        : base(self)
    {
        _machineRoot = machineRoot;
        _options = options ?? ApiServerOptions.Default;
        _registry = new Registry(self, _options);
        _garbage = new GarbageCollection(_registry);
    }

    /// <summary>The last write.</summary>
    public ResourceVersion ResourceVersion => _registry.Store.Version;

    /// <summary>How many sessions are open.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>
    /// The newest version of an object, or null: for tests and for images of the store, never for other actors.
    /// </summary>
    public ApiObject? Find(ResourceType type, ObjectKey key) => _registry.Store.Find(type, key);

    /// <summary>
    /// The newest versions of all objects of a type: for tests and for images of the store, never for other actors.
    /// </summary>
    public IEnumerable<ApiObject> All(ResourceType type) => _registry.Store.Table(type).All;

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox)
    {
        _registry.Seed(Dice("generateName"));
        foreach (string name in (ReadOnlySpan<string>)["default", "kube-system", "kube-public", "kube-node-lease"])
        {
            CreateVerb.Apply(_registry, ApiObject.Named(ResourceTypes.Namespaces, "", name), trusted: true, outbox);
        }

        foreach (ApiObject @object in _options.InitialObjects)
        {
            // The four namespaces are there already; a manifest that names them too changes nothing.
            ApiResult result = CreateVerb.Apply(_registry, @object, trusted: true, outbox);
            if (result.Error is { IsAlreadyExists: false } error)
            {
                throw new InvalidOperationException($"initial {@object}: {error.Message}");
            }
        }

        outbox.Send(Self, new ApiServerTick(), TickInterval.Nanoseconds);
        AfterWrites(outbox);
    }

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        switch (message)
        {
            case SessionSegment { Content: ClientMessage content } segment:
                Take(segment.From, content, outbox);
                break;
            case FlushWatches:
                Flush(outbox);
                return;
            case CollectGarbage:
                _collectPending = false;
                _garbage.Collect(outbox);
                break;
            case ApiServerTick:
                Tick(outbox);
                return;
            case UndeliveredMessage:
                return; // A client that has ended: its session goes with its silence.
            default:
                throw new UnreachableException(message.GetType().Name);
        }

        AfterWrites(outbox);
    }

    private void Take(ActorRef client, ClientMessage content, Outbox outbox)
    {
        if (SessionOf(client, content, outbox) is { } session)
        {
            session.HeardAt = outbox.Now;
            Transmit(client, Process(session, content, outbox), outbox);
        }
    }

    // A session begins with request 1 and goes on without gaps. Anything else means that something was lost.
    private ClientSession? SessionOf(ActorRef client, ClientMessage content, Outbox outbox)
    {
        (ActorId, ulong) key = (client.Id, content.Session.Client);
        ClientSession? session = _byClient.GetValueOrDefault(key);
        if (session is not null && content.Session.Epoch < session.Id.Epoch)
        {
            return null; // Late words of a session that the client has given up.
        }

        if (session is not null && content.Session.Epoch > session.Id.Epoch)
        {
            Close(session);
            session = null;
        }

        if (content.Id != (session?.LastRequest ?? 0) + 1)
        {
            if (session is not null)
            {
                Close(session);
            }

            Transmit(client, new SessionClosed(content.Session), outbox);
            return null;
        }

        if (session is null)
        {
            session = new ClientSession(client, content.Session);
            _byClient.Add(key, session);
            _sessions.Add(session);
        }

        session.LastRequest = content.Id;
        return session;
    }

    private ApiResponse Process(ClientSession session, ClientMessage content, Outbox outbox)
    {
        var response = new ApiResponse(content.Session, content.Id);
        switch (content)
        {
            case SessionPing:
                return response;
            case ListRequest list:
                ListedObjects listed = _registry.Store.Table(list.Type).List(list.Scope);
                return response with
                {
                    Items = listed.Items, ItemsBytes = listed.Bytes, ResourceVersion = _registry.Store.Version,
                };
            case GetRequest get:
                ApiObject? found = _registry.Store.Find(get.Type, get.Key);
                return found is null
                    ? response with { Error = ApiStatus.NotFound(get.Type, get.Key.Name) }
                    : response with { Object = found };
            case WatchRequest watch:
                return response with { Error = Watch(session, watch), ResourceVersion = _registry.Store.Version };
            case WatchStop stop:
                if (session.Watchers.Find(w => w.WatchId == stop.WatchId) is { } watcher)
                {
                    _registry.Hub.Stop(watcher);
                }

                return response;
            default:
                ApiResult result = Write(content, outbox);
                return response with { Object = result.Object, Error = result.Error };
        }
    }

    private ApiResult Write(ClientMessage content, Outbox outbox) => content switch
    {
        CreateRequest create => CreateVerb.Apply(_registry, create.Object, trusted: false, outbox),
        UpdateRequest update => UpdateVerb.Apply(_registry, update.Object, update.Status, outbox),
        PatchRequest patch => PatchVerb.Apply(_registry, patch, outbox),
        DeleteRequest delete => DeleteVerb.Apply(_registry, delete, outbox),
        BindRequest bind => BindVerb.Apply(_registry, bind, outbox),
        _ => throw new UnreachableException(content.GetType().Name),
    };

    private ApiStatus? Watch(ClientSession session, WatchRequest watch)
    {
        ObjectTable table = _registry.Store.Table(watch.Type);
        var missed = new List<WatchEvent>();
        if (watch.After == ResourceVersion.None)
        {
            foreach (ApiObject @object in table.List(watch.Scope).Items)
            {
                missed.Add(new WatchEvent(WatchEventType.Added, @object, @object.ResourceVersion));
            }
        }
        else if (watch.After < table.History.CompleteAfter)
        {
            return ApiStatus.Expired(watch.After, table.History.CompleteAfter);
        }
        else
        {
            foreach (Change change in table.History.After(watch.After))
            {
                if (change.For(watch.Scope) is { } heard)
                {
                    missed.Add(heard);
                }
            }
        }

        _registry.Hub.Watch(session, watch.Id, watch.Type, watch.Scope, missed);
        return null;
    }

    private void AfterWrites(Outbox outbox)
    {
        if (_registry.Hub.HasPending && !_flushPending)
        {
            _flushPending = true;
            outbox.Send(Self, new FlushWatches());
        }

        if (_garbage.HasWork && !_collectPending)
        {
            _collectPending = true;
            outbox.Send(Self, new CollectGarbage(), CollectionDelay.Nanoseconds);
        }
    }

    private void Flush(Outbox outbox)
    {
        _flushPending = false;
        foreach (ClientSession session in _registry.Hub.Flush())
        {
            Transmit(session.Client, session.TakeOutgoing(), outbox);
        }
    }

    private void Tick(Outbox outbox)
    {
        for (int i = _sessions.Count - 1; i >= 0; i--)
        {
            ClientSession session = _sessions[i];
            if (outbox.Now - session.HeardAt >= ApiClient.SilenceMax)
            {
                Transmit(session.Client, new SessionClosed(session.Id), outbox);
                Close(session);
            }
        }

        if (outbox.Now - _bookmarkedAt >= BookmarkInterval)
        {
            _bookmarkedAt = outbox.Now;
            Flush(outbox); // What happened before the bookmark is told before it.
            foreach (ClientSession session in _sessions)
            {
                _registry.Hub.Bookmark(session, _registry.Store.Version);
            }
        }

        outbox.Send(Self, new ApiServerTick(), TickInterval.Nanoseconds);
        AfterWrites(outbox);
    }

    private void Close(ClientSession session)
    {
        _registry.Hub.Close(session);
        _sessions.Remove(session);
        _byClient.Remove((session.Client.Id, session.Id.Client));
    }

    private void Transmit(ActorRef client, ApiMessage content, Outbox outbox)
    {
        var segment = new SessionSegment(Self, client, Math.Max(1, content.EstimatedBytes), content);
        ApiLatency latency = _options.Latency;
        if (client.Machine.Name == Self.Machine.Name)
        {
            outbox.Send(client, segment, latency.ProcessingNanoseconds + latency.LoopbackNanoseconds);
        }
        else
        {
            outbox.Send(_machineRoot, segment, latency.ProcessingNanoseconds);
        }
    }
}

/// <summary>The API server's reminder to itself to send the events of this instant.</summary>
internal sealed record FlushWatches : Message;

/// <summary>The API server's reminder to itself to look after what lost its owner or its namespace.</summary>
internal sealed record CollectGarbage : Message;

/// <summary>The API server's reminder to itself to look for silent clients and to send bookmarks.</summary>
internal sealed record ApiServerTick : Message;
