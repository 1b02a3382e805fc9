using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Tests.KubeProxy;
using Emulator.Linux;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>A kubelet between a real API server and a real kernel: pods start exactly 500 ms after they came, their
/// containers serve port 80.</summary>
internal sealed class KubeletRig
{
    private readonly NodeRig _rig = new();

    public KubeletRig(Func<KubeletOptions, KubeletOptions>? change = null)
    {
        var options = new KubeletOptions
        {
            NodeName = "node-1",
            NodeAddress = IPv4Address.Parse("192.168.77.11"),
            PodCidr = Cidr.Parse("10.244.1.0/24"),
            Network = new PodNetworkOptions { Network = Cidr.Parse("10.244.0.0/16") },
            StartSpread = SimDuration.Zero,
        };
        options = change?.Invoke(options) ?? options;
        Cgroups = new CgroupsActor(_rig.Ref("cgroups"), _rig.Host, null, options.Capacity["memory"].Value);
        _rig.Add(Cgroups);
        _rig.Add(new BootedHost(_rig.Host));
        Kubelet = new Kubernetes.Kubelet.Kubelet(
            _rig.Ref("kubelet"), _rig.Host, _rig.ApiServer, options,
            (pod, container) => new EchoServer(
                pod.Name, [.. container.Ports.Select(p => (ushort)p.ContainerPort)], [])
            {
                Behaviour = new ServerBehaviour
                {
                    MemoryBytes = Bytes(pod, "memory"), LeakBytesPerSecond = Bytes(pod, "leak"),
                },
            },
            Cgroups.Self);
        _rig.Add(Kubelet);
        _rig.Start();
        WatchedSince = Told.FirstOrDefault(t => t.Message is WatchUsage).At;
        _rig.Told.Clear();
    }

    /// <summary>When the kubelet began to watch its node; zero where it has not.</summary>
    public SimTime WatchedSince { get; }

    public Kubernetes.Kubelet.Kubelet Kubelet { get; }

    public CgroupsActor Cgroups { get; }

    public SimTime Now => _rig.Now;

    /// <summary>The instant from which the times below count.</summary>
    public SimTime Zero { get; set; }

    /// <summary>All that kernel and kubelet were told.</summary>
    public List<(SimTime At, ActorRef To, Message Message)> Told => _rig.Told;

    public List<(SimTime At, ApiRequest Request)> Writes => _rig.Writes;

    /// <summary>Whether nothing comes through between the node and the API server.</summary>
    public bool IsCut
    {
        get => _rig.IsCut;
        set => _rig.IsCut = value;
    }

    /// <summary>Puts a pod; its containers can start 500 ms later, which becomes <see cref="Zero"/>.</summary>
    public void Put(string name, string containers, string spec = "", string annotations = "")
    {
        _rig.Put(Manifests.Read($$$"""
            {"apiVersion":"v1","kind":"Pod",
             "metadata":{"name":"{{{name}}}","namespace":"default","annotations":{{{{annotations}}}}},
             "spec":{"nodeName":"node-1","containers":[{{{containers}}}]{{{spec}}}}}
            """));
        CreateNamespace create = Told.Select(t => t.Message).OfType<CreateNamespace>().Last();
        Assert.Equal($"default/{name}", create.Name);
        Zero = Told.Last(t => t.Message is CreateNamespace).At + SimDuration.FromMilliseconds(500);
    }

    public void Put(ApiObject pod) => _rig.Put(pod);

    public void Delete(string name, long? grace = null) => _rig.Remove(ResourceTypes.Pods, "default", name, grace);

    public void DeleteNode() => _rig.Remove(ResourceTypes.Nodes, "", "node-1");

    public void Tell(Message message)
    {
        _rig.Tell(Kubelet.Self, message);
    }

    public void Advance(long milliseconds) => _rig.Advance(SimDuration.FromMilliseconds(milliseconds));

    /// <summary>Until so long after <see cref="Zero"/>, and what an API call takes.</summary>
    public void Until(long milliseconds)
    {
        SimTime until = Zero + SimDuration.FromMilliseconds(milliseconds + 5);
        _rig.Advance(until - _rig.Now);
    }

    /// <summary>When messages were sent, in milliseconds after <see cref="Zero"/>, exactly.</summary>
    public List<string> Times<T>(Func<T, string> name)
        where T : Message =>
        [.. Told.Where(t => t.Message is T).Select(t => $"{name((T)t.Message)} {Milliseconds(t.At)}")];

    /// <summary>When containers were started.</summary>
    public List<string> Starts() => Times<StartProcess>(s => s.ContainerName);

    public ApiObject? Pod(string name) => _rig.Find(ResourceTypes.Pods, "default", name);

    public JsonObject Status(string name) => Pod(name)!.Status; // Put before.

    public JsonValue Container(string pod, int index = 0) =>
        Status(pod).Find("containerStatuses")!.Items[index]; // It has started.

    public string Phase(string pod) => Status(pod).Find("phase")?.AsString ?? "";

    public bool IsReady(string pod) => Condition.Find(Status(pod), "Ready") is { IsTrue: true };

    /// <summary>The events about a pod: reason, message, count.</summary>
    public List<string> Events(string pod) =>
    [
        .. _rig.All(ResourceTypes.Events)
            .Where(e => e.Json.At("involvedObject", "name")?.AsString == pod)
            .Select(e => $"{e.Json.Find("reason")?.AsString} {e.Json.Find("count")?.AsInt64} "
                + e.Json.Find("message")?.AsString),
    ];

    public ApiObject Node => _rig.Find(ResourceTypes.Nodes, "", "node-1")!; // The kubelet registered it.

    private static long Bytes(PodView pod, string annotation) =>
        Quantity.TryParse(pod.Object.Annotations[annotation], out Quantity amount) ? amount.Value : 0;

    private string Milliseconds(SimTime at)
    {
        long nanoseconds = (at - Zero).Nanoseconds;
        return nanoseconds % 1_000_000 == 0 ? $"{nanoseconds / 1_000_000}" : $"{nanoseconds}ns";
    }

    /// <summary>A machine with its bridge, as it is after boot.</summary>
    private sealed class BootedHost(ActorRef self) : Actor(self)
    {
        private readonly HostActor _host = new(self, "node-1", 1_000);

        public override void OnStart(Outbox outbox)
        {
            _host.OnStart(outbox);
            foreach (NetlinkMessage message in (NetlinkMessage[])
            [
                new AddBridge("cni0", MacAddress.Parse("0a:58:0a:f4:01:01"), 1450),
                new AddAddress("cni0", IPv4Address.Parse("10.244.1.1"), 24, IPv4Address.Parse("10.244.1.255")),
                new SetLink("cni0", Up: true),
            ])
            {
                Receive(message, 0, outbox);
            }
        }

        public override void Receive(Message message, int port, Outbox outbox) => _host.Receive(message, port, outbox);
    }
}
