using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Controllers.Deployments;
using Emulator.Kubernetes.Controllers.EndpointSlices;
using Emulator.Kubernetes.Controllers.ReplicaSets;
using Emulator.Kubernetes.Scheduler;
using Emulator.Kubernetes.Tests.ApiServer;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>An API server with the scheduler, the controllers and nodes whose pods become ready at once.</summary>
internal sealed class ControlPlane
{
    public ControlPlane(int nodes, string cpu = "8")
    {
        Client = Cluster.NewClient();
        for (int i = 0; i < nodes; i++)
        {
            Client.Create(Cluster, Node($"node-{i}", $"zone-{i % 2}", cpu));
        }

        Scheduler = new SchedulerActor(Ref("kube-scheduler"), Cluster.Root, Cluster.ServerRef);
        Cluster.Add(Scheduler);
        Cluster.Add(new DeploymentActor(Ref("deployment-controller"), Cluster.Root, Cluster.ServerRef));
        Cluster.Add(new ReplicaSetActor(Ref("replicaset-controller"), Cluster.Root, Cluster.ServerRef));
        Cluster.Add(new EndpointSliceActor(Ref("endpointslice-controller"), Cluster.Root, Cluster.ServerRef));
        Kubelets = new ReadyKubelets(Ref("kubelets"), Cluster.Root, Cluster.ServerRef);
        Cluster.Add(Kubelets);
    }

    public MiniCluster Cluster { get; } = new();

    public TestClient Client { get; }

    public SchedulerActor Scheduler { get; }

    public ReadyKubelets Kubelets { get; }

    public IEnumerable<ApiObject> Pods => Cluster.Server.All(ResourceTypes.Pods);

    public IEnumerable<ApiObject> ReplicaSets => Cluster.Server.All(ResourceTypes.ReplicaSets);

    public IEnumerable<ApiObject> Slices => Cluster.Server.All(ResourceTypes.EndpointSlices);

    public void Run(long milliseconds) => Cluster.RunFor(SimDuration.FromMilliseconds(milliseconds));

    public ApiObject Get(ResourceType type, string name) => Client.Get(Cluster, type, name).Object
        ?? throw new InvalidOperationException($"{type} {name} is not there");

    public void Patch(ResourceType type, string name, string patch) =>
        Assert.Null(Client.Patch(Cluster, type, name, PatchType.Merge, patch).Error);

    public static string Node(string name, string zone, string cpu) => $$$$$"""
        {"apiVersion":"v1","kind":"Node",
         "metadata":{"name":"{{{{{name}}}}}","labels":{"topology.kubernetes.io/zone":"{{{{{zone}}}}}"}},
         "status":{"allocatable":{"cpu":"{{{{{cpu}}}}}","memory":"32Gi","pods":"1100"}}}
        """;

    public static string Deployment(string name, int replicas, string image = "web:1", string strategy = "{}") =>
        $$$$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{{{name}}}}}"},
         "spec":{"replicas":{{{{{replicas}}}}},"strategy":{{{{{strategy}}}}},
                 "selector":{"matchLabels":{"app":"{{{{{name}}}}}"}},
                 "template":{"metadata":{"labels":{"app":"{{{{{name}}}}}"} },"spec":{"containers":[
                   {"name":"main","image":"{{{{{image}}}}}","ports":[{"name":"http","containerPort":8080}],
                    "resources":{"requests":{"cpu":"10m"}}}]}}}}
        """;

    private static ActorRef Ref(string name) => new(name, "", MiniCluster.ControlPlane);
}

/// <summary>Stands for all kubelets: a bound pod runs and is ready, and a pod that is to end is gone.</summary>
internal sealed class ReadyKubelets : Actor
{
    private readonly ApiClient _client;
    private int _addresses;

    public ReadyKubelets(ActorRef self, ActorRef root, ActorRef server)
        : base(self)
    {
        _client = new ApiClient(self, root, server);
        Informer pods = _client.Inform(ResourceTypes.Pods);
        pods.OnAdd = Look;
        pods.OnUpdate = (_, pod, o) => Look(pod, o);
    }

    /// <summary>While true, pods run but do not become ready.</summary>
    public bool HoldBack { get; set; }

    /// <summary>While true, pods that are to end stay.</summary>
    public bool KeepEnding { get; set; }

    public override void OnStart(Outbox outbox) => _client.Start(outbox);

    public override void Receive(Message message, int port, Outbox outbox) =>
        Assert.True(_client.Handle(message, outbox));

    private void Look(ApiObject pod, Outbox outbox)
    {
        PodView view = PodView.Of(pod);
        if (pod.IsTerminating)
        {
            if (!KeepEnding)
            {
                _client.Delete(ResourceTypes.Pods, pod.Key, outbox, gracePeriodSeconds: 0);
            }
        }
        else if (view.NodeName.Length > 0 && view.Phase == "Pending" && !HoldBack)
        {
            int number = ++_addresses;
            JsonObject ready = JsonObject.Of(
                ("type", "Ready"), ("status", "True"), ("lastTransitionTime", ModelClock.ToText(outbox.Now)));
            _client.UpdateStatus(
                pod.With(["metadata", "resourceVersion"], null).WithStatus(JsonObject.Of(
                    ("phase", "Running"), ("podIP", $"10.244.{number / 250}.{(number % 250) + 1}"),
                    ("conditions", new JsonArray([ready])))),
                outbox);
        }
    }
}
