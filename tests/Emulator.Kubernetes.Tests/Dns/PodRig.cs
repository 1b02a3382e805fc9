using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Linux;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Dns;

/// <summary>One network namespace with processes that talk over its lo, and an API server played by hand: every
/// "Service" is one more address of lo.</summary>
internal sealed class PodRig
{
    private readonly SortedDictionary<(long Time, long Number), (Message Message, int Port)> _queue = [];
    private readonly List<ApiObject> _objects = [];
    private readonly List<(long Sequence, WatchRequest Watch)> _watches = [];
    private readonly Dictionary<ulong, long> _sequences = [];
    private readonly NamespaceActor _actor;
    private long _number;
    private long _version;

    public PodRig()
    {
        var machine = new MachineRef("node-1", "zone-a");
        Self = new ActorRef("pod/kube-system/rig", "uid", machine);
        Root = new ActorRef("node/node-1", "", machine);
        ApiServer = new ActorRef("api-server", "", new MachineRef("control-plane", "zone-a"));
        _actor = new NamespaceActor(Self, "kube-system/rig", 1_000);
        _actor.OnStart(Outbox);
    }

    public ActorRef Self { get; }

    public ActorRef Root { get; }

    public ActorRef ApiServer { get; }

    public Outbox Outbox { get; } = new() { Seed = 1 };

    public List<ExchangeResult> Results { get; } = [];

    public void AddAddress(string address) => Send(new AddAddress("lo", IPv4Address.Parse(address), 32));

    public void Start(string name, Program program) => Send(new StartProcess(name, program));

    public void Send(Message message) => Take(message, 0);

    public ApiObject Put(string json)
    {
        ApiObject made = ApiObject.From((JsonObject)JsonText.Parse(json)).With(
            ["metadata", "resourceVersion"], $"{++_version}");
        _objects.RemoveAll(o => o.Type == made.Type && o.Key == made.Key);
        _objects.Add(made);
        foreach ((_, WatchRequest watch) in _watches.Where(w => w.Watch.Type == made.Type).ToArray())
        {
            var change = new WatchEvent(WatchEventType.Added, made, made.ResourceVersion);
            Answer(new WatchEvents(
                watch.Session, NextSequence(watch.Session), [new WatchBatch(watch.Id, [change], 1)]));
        }

        return made;
    }

    public ExchangeResult Ask(ExchangeRequest request, long seconds = 10)
    {
        Results.Clear();
        Send(new RunExchange(request, Root));
        RunFor(seconds);
        return Assert.Single(Results);
    }

    public void RunFor(long seconds)
    {
        long end = Outbox.Now.Nanoseconds + (seconds * 1_000_000_000);
        while (_queue.Count > 0 && _queue.First() is var next && next.Key.Time <= end)
        {
            _queue.Remove(next.Key);
            Outbox.Now = new SimTime(next.Key.Time);
            Take(next.Value.Message, next.Value.Port);
        }

        Outbox.Now = new SimTime(end);
    }

    private void Take(Message message, int port)
    {
        _actor.Receive(message, port, Outbox);
        Outgoing[] sent = [.. Outbox.Sent];
        Outbox.Clear();
        foreach (Outgoing outgoing in sent)
        {
            switch (outgoing.Message)
            {
                case SessionSegment { Content: ApiMessage request }:
                    Serve(request);
                    break;
                case ExchangeCompleted completed:
                    Results.Add(completed.Result);
                    break;
                default:
                    Assert.Same(Self, outgoing.To);
                    long arrives = Outbox.Now.Nanoseconds + outgoing.DelayNanoseconds;
                    _queue.Add((arrives, ++_number), (outgoing.Message, outgoing.Port));
                    break;
            }
        }
    }

    private void Serve(ApiMessage request)
    {
        switch (request)
        {
            case ListRequest list:
                Answer(new ApiResponse(list.Session, list.Id)
                {
                    Items = [.. _objects.Where(o => o.Type == list.Type).OrderBy(o => o.Key)],
                    ResourceVersion = new ResourceVersion(_version),
                });
                break;
            case WatchRequest watch:
                _watches.Add((0, watch));
                break;
            case SessionPing ping:
                Answer(new ApiResponse(ping.Session, ping.Id));
                break;
            default:
                throw new NotSupportedException(request.GetType().Name);
        }
    }

    private long NextSequence(ApiSession session) =>
        _sequences[session.Client] = _sequences.GetValueOrDefault(session.Client) + 1;

    private void Answer(ApiMessage content) => _queue.Add(
        (Outbox.Now.Nanoseconds + 1_000, ++_number), (new SessionSegment(ApiServer, Self, 1, content), 0));
}
