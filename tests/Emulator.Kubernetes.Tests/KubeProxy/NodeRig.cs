using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>
/// One node's actors and a real API server with the least engine that can run them: one queue ordered by (time, step,
/// order of sending). What is told to the node's kernel is written down, and delivered where the kernel is there too.
/// </summary>
internal sealed class NodeRig
{
    /// <summary>One way between the node and the API server.</summary>
    private const long PathNanoseconds = 100_000;

    private readonly SortedDictionary<(long Time, int Step, long Order), Outgoing> _queue = [];
    private readonly Dictionary<ActorRef, Actor> _actors = [];
    private readonly List<ApiObject> _initial = [];
    private readonly List<Actor> _waiting = [];
    private readonly Outbox _outbox = new();
    private readonly ActorRef _controlPlane = new("control-plane", "", new MachineRef("control-plane", "zone-a"));
    private readonly Admin _admin;
    private KubeApiServer? _server;
    private long _order;
    private int _step;

    public NodeRig(string node = "node-1")
    {
        Machine = new MachineRef(node, "zone-a");
        Host = new ActorRef(node, "1", Machine);
        ApiServer = new ActorRef("kube-apiserver", "", _controlPlane.Machine);
        _admin = new Admin(new ActorRef("admin", "", _controlPlane.Machine), _controlPlane, ApiServer);
    }

    public MachineRef Machine { get; }

    public ActorRef Host { get; }

    public ActorRef ApiServer { get; }

    public SimTime Now => _outbox.Now;

    /// <summary>What the node's actors asked the API server to write, oldest first.</summary>
    public List<(SimTime At, ApiRequest Request)> Writes { get; } = [];

    /// <summary>What the node's actors told the kernel, and each other, oldest first.</summary>
    public List<(SimTime At, ActorRef To, Message Message)> Told { get; } = [];

    /// <summary>Whether nothing comes through between the node and the API server.</summary>
    public bool IsCut { get; set; }

    public ActorRef Ref(string name) => new($"{Machine.Name}/{name}", "1", Machine);

    /// <summary>Adds an actor; it starts with the rig.</summary>
    public void Add(Actor actor) => _waiting.Add(actor);

    public IReadOnlyList<T> ToldOf<T>() => [.. Told.Select(t => t.Message).OfType<T>()];

    public void Start()
    {
        _server = new KubeApiServer(ApiServer, _controlPlane, new ApiServerOptions { InitialObjects = _initial });
        foreach (Actor actor in (IEnumerable<Actor>)[_server, _admin, .. _waiting])
        {
            Begin(actor);
        }

        Settle();
    }

    /// <summary>Makes or replaces an object, status too. Before the start it is there from the beginning.</summary>
    public void Put(ApiObject wanted)
    {
        if (_server is null)
        {
            _initial.Add(wanted);
            return;
        }

        bool known = Find(wanted.Type, wanted.Namespace, wanted.Name) is not null;
        Do(outbox =>
        {
            if (known)
            {
                _admin.Api.Update(wanted, outbox, Check);
            }
            else
            {
                _admin.Api.Create(wanted, outbox, Check);
            }

            if (wanted.Json.Find("status") is not null)
            {
                _admin.Api.UpdateStatus(wanted, outbox, Check);
            }
        });
    }

    public void Remove(ResourceType type, string @namespace, string name, long? grace = null) =>
        Do(outbox => _admin.Api.Delete(type, new ObjectKey(@namespace, name), outbox, Check, grace));

    public ApiObject? Find(ResourceType type, string @namespace, string name) =>
        _server?.Find(type, new ObjectKey(@namespace, name));

    public IReadOnlyList<ApiObject> All(ResourceType type) => _server is null ? [] : [.. _server.All(type)];

    /// <summary>Sends one of the node's actors a message, now.</summary>
    public void Tell(ActorRef to, Message message) => Do(outbox => outbox.Send(to, message));

    public void Settle() => Advance(SimDuration.FromMilliseconds(20));

    public void Advance(SimDuration duration)
    {
        SimTime end = Now + duration;
        while (_queue.Count > 0 && _queue.First() is var next && next.Key.Time <= end.Nanoseconds)
        {
            _queue.Remove(next.Key);
            _outbox.Now = new SimTime(next.Key.Time);
            _step = next.Key.Step;
            Deliver(next.Value);
        }

        _step = 0;
        _outbox.Now = end;
    }

    private static void Check(ApiResponse response, Outbox outbox) => Assert.Null(response.Error?.Message);

    private void Do(Action<Outbox> act)
    {
        act(_outbox);
        Drain();
        Settle();
    }

    private void Begin(Actor actor)
    {
        _actors.Add(actor.Self, actor);
        actor.OnStart(_outbox);
        Drain();
    }

    private void Deliver(Outgoing next)
    {
        if (next.Message is SessionSegment segment && next.To != segment.To)
        {
            if (IsCut && (segment.From.Machine == Machine || segment.To.Machine == Machine))
            {
                return;
            }

            // To a machine's root: over the path to the other machine.
            Push(new Outgoing(segment.To, segment, PathNanoseconds, 0));
            if (segment.From.Machine == Machine && segment.Content is ApiRequest request
                and (CreateRequest or UpdateRequest or PatchRequest or DeleteRequest))
            {
                Writes.Add((Now, request));
            }

            return;
        }

        if (next.To.Machine == Machine && next.Message is not (SessionSegment or TimerMessage or ApiClientTick))
        {
            Told.Add((Now, next.To, next.Message));
        }

        if (_actors.TryGetValue(next.To, out Actor? actor))
        {
            actor.Receive(next.Message, next.Port, _outbox);
            Drain();
        }
    }

    private void Drain()
    {
        Outgoing[] sent = [.. _outbox.Sent];
        Actor[] born = [.. _outbox.Born];
        foreach (ActorRef ended in _outbox.Ended)
        {
            _actors.Remove(ended);
        }

        _outbox.Clear();
        foreach (Outgoing outgoing in sent)
        {
            Push(outgoing);
        }

        foreach (Actor actor in born)
        {
            Begin(actor);
        }
    }

    private void Push(Outgoing outgoing)
    {
        int step = outgoing.DelayNanoseconds == 0 ? _step + 1 : 0;
        _queue.Add((Now.Nanoseconds + outgoing.DelayNanoseconds, step, ++_order), outgoing);
    }

    /// <summary>A person with kubectl.</summary>
    private sealed class Admin : Actor
    {
        public Admin(ActorRef self, ActorRef root, ActorRef server)
            : base(self) => Api = new ApiClient(self, root, server);

        public ApiClient Api { get; }

        public override void OnStart(Outbox outbox) => Api.Start(outbox);

        public override void Receive(Message message, int port, Outbox outbox) =>
            Assert.True(Api.Handle(message, outbox));
    }
}
