using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer;

/// <summary>
/// What an actor embeds to talk to the API server: sends requests, hands answers to their callbacks, feeds informers.
/// Call
/// <see cref="Start"/> once and <see cref="Handle"/> for each message that the actor gets.
/// </summary>
/// <remarks>
/// In: <see cref="SessionSegment"/>s from the API server, its own tick. Out: session segments to the machine's root,
/// or straight to the API server when that is on the same machine. Answers come in the order of the requests. When
/// one is missing, or 45 s pass without a word from the API server, the session is given up: pending requests end
/// with <see cref="ApiStatus.Timeout"/>, in the order they were sent, and informers watch again from their
/// resourceVersion in the next session.
/// </remarks>
public sealed class ApiClient
{
    /// <summary>After so long without a word from the server, or to it, it is pinged.</summary>
    public static readonly SimDuration PingAfter = SimDuration.FromSeconds(15);

    /// <summary>After so long without a word from the server, the session is given up.</summary>
    public static readonly SimDuration SilenceMax = SimDuration.FromSeconds(45);

    private readonly ActorRef _self;
    private readonly ActorRef _machineRoot;
    private readonly ActorRef _apiServer;
    private readonly ApiLatency _latency;
    private readonly bool _sameMachine;
    private readonly ulong _client;
    private readonly List<Informer> _informers = [];
    private readonly Queue<Pending> _pending = new();
    private int _epoch = 1;
    private long _lastId;
    private long _lastSequence;
    private SimTime _heardAt;
    private SimTime _sentAt;
    private bool _started;

    /// <summary>A client of an actor.</summary>
    /// <param name="self">The actor.</param>
    /// <param name="machineRoot">The root of the actor's machine, which has the wire.</param>
    /// <param name="apiServer">The API server.</param>
    /// <param name="name">Tells several clients of one actor apart.</param>
    /// <param name="latency">How long the way inside a machine takes.</param>
    public ApiClient(
        ActorRef self, ActorRef machineRoot, ActorRef apiServer, string name = "", ApiLatency? latency = null)
    {
        _self = self;
        _machineRoot = machineRoot;
        _apiServer = apiServer;
        _latency = latency ?? ApiLatency.Default;
        _sameMachine = self.Machine.Name == apiServer.Machine.Name;
        _client = StableHash.Combine(self.Id.Value, StableHash.Of(name));
    }

    /// <summary>The conversation now.</summary>
    public ApiSession Session => new(_client, _epoch);

    /// <summary>How many requests wait for their answer.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>Whether all informers have their first list.</summary>
    public bool HasSynced => _informers.TrueForAll(i => i.HasSynced);

    /// <summary>Adds an informer; call before or after <see cref="Start"/>. It begins when both were called.</summary>
    /// <param name="type">The type of object.</param>
    /// <param name="scope">Which of the type; null is all.</param>
    /// <param name="outbox">Needed only after <see cref="Start"/>.</param>
    public Informer Inform(ResourceType type, ListScope? scope = null, Outbox? outbox = null)
    {
        var informer = new Informer(type, scope ?? ListScope.All);
        _informers.Add(informer);
        if (_started)
        {
            ArgumentNullException.ThrowIfNull(outbox);
            List(informer, outbox);
        }

        return informer;
    }

    /// <summary>Starts the informers and the session's pings. Call from the actor's <c>OnStart</c>.</summary>
    public void Start(Outbox outbox)
    {
        _started = true;
        _heardAt = outbox.Now;
        foreach (Informer informer in _informers)
        {
            List(informer, outbox);
        }

        outbox.Send(_self, new ApiClientTick(_client), PingAfter.Nanoseconds);
    }

    /// <summary>Makes an object.</summary>
    public void Create(ApiObject @object, Outbox outbox, Action<ApiResponse, Outbox>? done = null) =>
        Send(new CreateRequest(Session, ++_lastId, @object), done, outbox);

    /// <summary>Reads an object from the server (an informer's store is nearer).</summary>
    public void Get(ResourceType type, ObjectKey key, Outbox outbox, Action<ApiResponse, Outbox> done) =>
        Send(new GetRequest(Session, ++_lastId, type, key), done, outbox);

    /// <summary>Reads many objects from the server.</summary>
    public void List(ResourceType type, ListScope scope, Outbox outbox, Action<ApiResponse, Outbox> done) =>
        Send(new ListRequest(Session, ++_lastId, type, scope), done, outbox);

    /// <summary>Replaces an object but for its status.</summary>
    public void Update(ApiObject @object, Outbox outbox, Action<ApiResponse, Outbox>? done = null) =>
        Send(new UpdateRequest(Session, ++_lastId, @object, Status: false), done, outbox);

    /// <summary>Replaces an object's status.</summary>
    public void UpdateStatus(ApiObject @object, Outbox outbox, Action<ApiResponse, Outbox>? done = null) =>
        Send(new UpdateRequest(Session, ++_lastId, @object, Status: true), done, outbox);

    /// <summary>Changes parts of an object.</summary>
    public void Patch(
        ResourceType type, ObjectKey key, PatchType patchType, JsonValue patch, Outbox outbox,
        Action<ApiResponse, Outbox>? done = null, bool status = false) =>
        Send(new PatchRequest(Session, ++_lastId, type, key, patchType, patch, status), done, outbox);

    /// <summary>Asks for an object's end.</summary>
    public void Delete(
        ResourceType type, ObjectKey key, Outbox outbox, Action<ApiResponse, Outbox>? done = null,
        long? gracePeriodSeconds = null, string? uid = null,
        DeletePropagation propagation = DeletePropagation.Background) =>
        Send(new DeleteRequest(Session, ++_lastId, type, key, gracePeriodSeconds, uid, propagation), done, outbox);

    /// <summary>Binds a pod to a node.</summary>
    public void Bind(
        ObjectKey pod, string uid, string nodeName, Outbox outbox, Action<ApiResponse, Outbox>? done = null) =>
        Send(new BindRequest(Session, ++_lastId, pod, uid, nodeName), done, outbox);

    /// <summary>Takes a message if it is this client's; false leaves it to the actor.</summary>
    public bool Handle(Message message, Outbox outbox)
    {
        if (message is ApiClientTick tick)
        {
            if (tick.Client != _client)
            {
                return false;
            }

            Tick(outbox);
            return true;
        }

        if (message is not SessionSegment { Content: ApiMessage content } || content.Session.Client != _client)
        {
            return false;
        }

        if (content.Session.Epoch == _epoch)
        {
            _heardAt = outbox.Now;
            Take(content, outbox);
        }

        return true;
    }

    private void Take(ApiMessage content, Outbox outbox)
    {
        switch (content)
        {
            case ApiResponse response when _pending.Count > 0 && _pending.Peek().Id == response.Id:
                _pending.Dequeue().Done?.Invoke(response, outbox);
                break;
            case WatchEvents events when events.Sequence == _lastSequence + 1:
                _lastSequence++;
                foreach (WatchBatch batch in events.Batches)
                {
                    _informers.Find(i => i.WatchId == batch.WatchId)?.Take(batch.Events, outbox);
                }

                break;
            case ApiResponse or WatchEvents or SessionClosed:
                Reopen(outbox);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(content.GetType().Name);
        }
    }

    private void Tick(Outbox outbox)
    {
        SimDuration silence = outbox.Now - _heardAt;
        if (silence >= SilenceMax)
        {
            Reopen(outbox);
        }
        else if (silence >= PingAfter || outbox.Now - _sentAt >= PingAfter)
        {
            Send(new SessionPing(Session, ++_lastId), null, outbox);
        }

        SimTime next = (_heardAt < _sentAt ? _heardAt : _sentAt) + PingAfter;
        long wait = next > outbox.Now ? (next - outbox.Now).Nanoseconds : PingAfter.Nanoseconds;
        outbox.Send(_self, new ApiClientTick(_client), wait);
    }

    private void Reopen(Outbox outbox)
    {
        _epoch++;
        _lastId = 0;
        _lastSequence = 0;
        _heardAt = outbox.Now;
        Pending[] lost = [.. _pending];
        _pending.Clear();
        outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = outbox.Now.Nanoseconds,
            Actor = _self,
            Kind = JournalKind.Note,
            Subject = "api session lost",
            A = _epoch,
            B = lost.Length,
        });
        foreach (Pending request in lost)
        {
            request.Done?.Invoke(new ApiResponse(Session, request.Id) { Error = ApiStatus.Timeout }, outbox);
        }

        foreach (Informer informer in _informers)
        {
            if (informer.HasSynced)
            {
                Watch(informer, outbox);
            }
            else
            {
                List(informer, outbox);
            }
        }
    }

    private void List(Informer informer, Outbox outbox)
    {
        List(informer.Type, informer.Scope, outbox, (response, answerOutbox) =>
        {
            if (response.Succeeded)
            {
                informer.Replace(response.Items, response.ResourceVersion, answerOutbox);
                Watch(informer, answerOutbox);
            }
            else if (!response.Error!.IsTimeout) // A response that did not succeed has an error.
            {
                throw new InvalidOperationException(
                    $"list of {informer.Type} {informer.Scope}: {response.Error?.Message}");
            }
        });
    }

    private void Watch(Informer informer, Outbox outbox)
    {
        long id = ++_lastId;
        informer.WatchId = id;
        Send(new WatchRequest(Session, id, informer.Type, informer.Scope, informer.ResourceVersion),
            informer.Watched ??= Done, outbox);

        void Done(ApiResponse response, Outbox answerOutbox)
        {
            if (response.Error is { IsExpired: true })
            {
                List(informer, answerOutbox);
            }
            else if (response.Error is { IsTimeout: false } error)
            {
                throw new InvalidOperationException($"watch of {informer.Type} {informer.Scope}: {error.Message}");
            }
        }
    }

    private void Send(ClientMessage request, Action<ApiResponse, Outbox>? done, Outbox outbox)
    {
        _pending.Enqueue(new Pending(request.Id, done));
        _sentAt = outbox.Now;
        Transmit(request, outbox);
    }

    private void Transmit(ApiMessage content, Outbox outbox)
    {
        var segment = new SessionSegment(_self, _apiServer, Math.Max(1, content.EstimatedBytes), content);
        if (_sameMachine)
        {
            outbox.Send(_apiServer, segment, _latency.LoopbackNanoseconds);
        }
        else
        {
            outbox.Send(_machineRoot, segment);
        }
    }

    private readonly record struct Pending(long Id, Action<ApiResponse, Outbox>? Done);
}

/// <summary>The client's reminder to itself to look whether the server is still there.</summary>
/// <param name="Client">Which client.</param>
public sealed record ApiClientTick(ulong Client) : Message;
