using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

/// <summary>
/// An API server and clients with the least engine that can run them: one queue ordered by (time, step, order of
/// sending). Clients on other machines reach the server over a path of 1 ms that tests can cut.
/// </summary>
internal sealed class MiniCluster
{
    public static readonly MachineRef ControlPlane = new("control-plane", "zone-a");

    private readonly SortedDictionary<(long Time, int Step, long Order), Outgoing> _queue = [];
    private readonly Dictionary<ActorRef, Actor> _actors = [];
    private readonly Outbox _outbox = new();
    private ActorRef? _running;
    private long _order;
    private int _step;

    public MiniCluster(ApiServerOptions? options = null)
    {
        Root = new ActorRef("control-plane", "", ControlPlane);
        ServerRef = new ActorRef("kube-apiserver", "", ControlPlane);
        Add(new MachineRoot(Root, this));
        Server = new KubeApiServer(ServerRef, Root, options);
        Add(Server);
    }

    public ActorRef Root { get; }

    public ActorRef ServerRef { get; }

    public KubeApiServer Server { get; }

    public Outbox Outbox => _outbox;

    public SimTime Now => _outbox.Now;

    /// <summary>While true, nothing passes between machines.</summary>
    public bool IsCut { get; set; }

    /// <summary>All segments that the API server sent, with their time.</summary>
    public List<(SimTime Time, SessionSegment Segment)> FromServer { get; } = [];

    public TestClient NewClient(string name = "client", string machine = "control-plane")
    {
        MachineRef on = machine == ControlPlane.Name ? ControlPlane : new MachineRef(machine, "zone-a");
        ActorRef root = on == ControlPlane ? Root : new ActorRef(machine, "", on);
        if (on != ControlPlane)
        {
            Add(new MachineRoot(root, this));
        }

        var client = new TestClient(new ActorRef(name, "", on), root, ServerRef);
        Add(client);
        return client;
    }

    public void Add(Actor actor)
    {
        _actors.Add(actor.Self, actor);
        actor.OnStart(_outbox);
        Drain();
    }

    /// <summary>Does something as a client, now.</summary>
    public void Do(Action<Outbox> act)
    {
        act(_outbox);
        Drain();
    }

    public void RunFor(SimDuration duration)
    {
        SimTime end = Now + duration;
        while (_queue.Count > 0 && _queue.First() is var next && next.Key.Time <= end.Nanoseconds)
        {
            _queue.Remove(next.Key);
            _outbox.Now = new SimTime(next.Key.Time);
            _step = next.Key.Step;
            _running = next.Value.To;
            _actors[_running].Receive(next.Value.Message, next.Value.Port, _outbox);
            Drain();
        }

        _step = 0;
        _running = null;
        _outbox.Now = end;
    }

    public void Settle() => RunFor(SimDuration.FromMilliseconds(50));

    private void Drain()
    {
        foreach (Outgoing sent in _outbox.Sent)
        {
            if (sent.Message is SessionSegment segment && _running == ServerRef)
            {
                FromServer.Add((Now, segment));
            }

            int step = sent.DelayNanoseconds == 0 ? _step + 1 : 0;
            _queue.Add((Now.Nanoseconds + sent.DelayNanoseconds, step, ++_order), sent);
        }

        _outbox.Clear();
    }

    /// <summary>A machine's root: hands segments over, to other machines in 1 ms.</summary>
    private sealed class MachineRoot(ActorRef self, MiniCluster cluster) : Actor(self)
    {
        public override void Receive(Message message, int port, Outbox outbox)
        {
            var segment = (SessionSegment)message;
            if (segment.To.Machine.Name == Self.Machine.Name)
            {
                outbox.Send(segment.To, segment);
            }
            else if (!cluster.IsCut)
            {
                ActorRef root = cluster._actors.Keys.Single(a => a.Name == segment.To.Machine.Name);
                outbox.Send(root, segment, 1_000_000);
            }
        }
    }
}

/// <summary>An actor with an API client and nothing else, whose requests tests make and wait for.</summary>
internal sealed class TestClient : Actor
{
    public TestClient(ActorRef self, ActorRef root, ActorRef server)
        : base(self) => Api = new ApiClient(self, root, server);

    public ApiClient Api { get; }

    public List<string> Heard { get; } = [];

    public override void OnStart(Outbox outbox) => Api.Start(outbox);

    public override void Receive(Message message, int port, Outbox outbox) => Assert.True(Api.Handle(message, outbox));

    /// <summary>An informer that writes down what it hears.</summary>
    public Informer Watch(MiniCluster cluster, ResourceType type, ListScope? scope = null)
    {
        Informer? informer = null;
        cluster.Do(outbox =>
        {
            informer = Api.Inform(type, scope, outbox);
            informer.OnAdd = (o, _) => Heard.Add($"+{o.Name}");
            informer.OnUpdate = (_, o, _) => Heard.Add($"~{o.Name}");
            informer.OnDelete = (o, _) => Heard.Add($"-{o.Name}");
        });
        return informer!; // Made just above.
    }

    public ApiResponse Create(MiniCluster cluster, string json) =>
        Await(cluster, (outbox, done) => Api.Create(Parse(json), outbox, done));

    public ApiResponse Update(MiniCluster cluster, ApiObject @object) =>
        Await(cluster, (outbox, done) => Api.Update(@object, outbox, done));

    public ApiResponse UpdateStatus(MiniCluster cluster, ApiObject @object) =>
        Await(cluster, (outbox, done) => Api.UpdateStatus(@object, outbox, done));

    public ApiResponse Get(MiniCluster cluster, ResourceType type, string name, string home = "default") =>
        Await(
            cluster, (outbox, done) => Api.Get(type, new ObjectKey(type.IsNamespaced ? home : "", name), outbox, done));

    public ApiResponse List(MiniCluster cluster, ResourceType type, ListScope? scope = null) =>
        Await(cluster, (outbox, done) => Api.List(type, scope ?? ListScope.All, outbox, done));

    public ApiResponse Patch(
        MiniCluster cluster, ResourceType type, string name, PatchType patchType, string patch, bool status = false) =>
        Await(cluster, (outbox, done) => Api.Patch(
            type, new ObjectKey(type.IsNamespaced
                ? "default" : "", name), patchType, JsonText.Parse(patch), outbox, done, status));

    public ApiResponse Delete(
        MiniCluster cluster, ResourceType type, string name, long? grace = null, string? uid = null,
        DeletePropagation propagation = DeletePropagation.Background) =>
        Await(cluster, (outbox, done) => Api.Delete(
            type, new ObjectKey(type.IsNamespaced ? "default" : "", name), outbox, done, grace, uid, propagation));

    public ApiResponse Bind(MiniCluster cluster, string pod, string node, string uid = "") =>
        Await(cluster, (outbox, done) => Api.Bind(new ObjectKey("default", pod), uid, node, outbox, done));

    public static ApiObject Parse(string json) => ApiObject.From((JsonObject)JsonText.Parse(json));

    private static ApiResponse Await(MiniCluster cluster, Action<Outbox, Action<ApiResponse, Outbox>> request)
    {
        ApiResponse? answer = null;
        cluster.Do(outbox => request(outbox, (response, _) => answer = response));
        cluster.RunFor(SimDuration.FromMilliseconds(5));
        return answer ?? throw new InvalidOperationException("no answer came within 5 ms");
    }
}
