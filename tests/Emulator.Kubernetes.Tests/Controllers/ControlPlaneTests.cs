using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Tests.ApiServer;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>Scheduler and controllers together, over an API server.</summary>
public class ControlPlaneTests
{
    [Fact]
    public void A_deployment_becomes_ready_pods_and_a_slice_of_them()
    {
        var plane = new ControlPlane(3);
        plane.Client.Create(plane.Cluster, Manifests.Service(
            "web", """{"selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":"http"}]}"""));
        plane.Client.Create(plane.Cluster, ControlPlane.Deployment("web", 3));
        plane.Run(2_000);

        Assert.Equal(3, plane.Pods.Count(p => PodView.Of(p).IsReady));
        Assert.Equal(3, plane.Pods.Select(p => PodView.Of(p).NodeName).Distinct().Count());
        ApiObject set = Assert.Single(plane.ReplicaSets);
        Assert.Equal($"web-{set.Labels["pod-template-hash"]}", set.Name);
        Assert.Equal("1", set.Annotations["deployment.kubernetes.io/revision"]);
        ApiObject slice = Assert.Single(plane.Slices);
        var view = EndpointSliceView.Of(slice);
        Assert.Equal(8080, Assert.Single(view.Ports).Port);
        Assert.Equal(3, view.Endpoints.Count(e => e.IsReady && e.Zone.Length > 0 && e.NodeName.Length > 0));
        ApiObject deployment = plane.Get(ResourceTypes.Deployments, "web");
        Assert.Equal(3, deployment.Status.Find("availableReplicas")?.AsInt64);
        Assert.Equal("NewReplicaSetAvailable", Condition.Find(deployment.Status, "Progressing")?.Reason);
        Assert.True(Condition.Find(deployment.Status, "Available")?.IsTrue);
        Assert.Equal("1", deployment.Annotations["deployment.kubernetes.io/revision"]);
    }

    [Fact]
    public void A_new_template_rolls_out_within_surge_and_unavailability()
    {
        var plane = new ControlPlane(3);
        plane.Client.Create(plane.Cluster, ControlPlane.Deployment("web", 10));
        plane.Run(2_000);
        plane.Client.Watch(plane.Cluster, ResourceTypes.Pods);
        plane.Patch(ResourceTypes.Deployments, "web", Image("web:2"));
        int most = 0;
        int least = int.MaxValue;
        for (int i = 0; i < 3_000; i++)
        {
            plane.Run(1);
            most = Math.Max(most, plane.Pods.Count(p => !p.IsTerminating));
            least = Math.Min(least, plane.Pods.Count(p => !p.IsTerminating && PodView.Of(p).IsReady));
        }

        // 25 % of 10: at most 3 more (rounded up), at most 2 fewer (rounded down).
        Assert.Equal(13, most);
        Assert.Equal(8, least);
        Assert.Equal(10, plane.Pods.Count());
        Assert.All(plane.Pods, p => Assert.Equal("web:2", PodView.Of(p).Containers[0].Image));
        Assert.Equal([0, 10], plane.ReplicaSets.Select(s => ReplicaSetView.Of(s).Replicas).Order());
        Assert.Equal("2", plane.Get(ResourceTypes.Deployments, "web").Annotations["deployment.kubernetes.io/revision"]);
    }

    [Fact]
    public void Going_back_to_an_old_template_takes_its_replica_set_up_again()
    {
        var plane = new ControlPlane(3);
        plane.Client.Create(plane.Cluster, ControlPlane.Deployment("web", 2));
        plane.Run(2_000);
        string first = Assert.Single(plane.ReplicaSets).Name;
        plane.Patch(ResourceTypes.Deployments, "web", Image("web:2"));
        plane.Run(2_000);
        plane.Patch(ResourceTypes.Deployments, "web", Image("web:1"));
        plane.Run(2_000);
        Assert.Equal(2, plane.ReplicaSets.Count());
        ApiObject again = plane.Get(ResourceTypes.ReplicaSets, first);
        Assert.Equal(2, ReplicaSetView.Of(again).StatusAvailableReplicas);
        Assert.Equal("3", again.Annotations["deployment.kubernetes.io/revision"]);
    }

    [Fact]
    public void Recreate_makes_no_new_pod_while_an_old_one_is_left()
    {
        var plane = new ControlPlane(3);
        plane.Client.Create(plane.Cluster, ControlPlane.Deployment("web", 3, strategy: """{"type":"Recreate"}"""));
        plane.Run(2_000);
        plane.Kubelets.KeepEnding = true;
        plane.Patch(ResourceTypes.Deployments, "web", Image("web:2"));
        plane.Run(2_000);
        Assert.Equal(3, plane.Pods.Count(p => p.IsTerminating));
        Assert.Equal(3, plane.Pods.Count());
        foreach (string name in plane.Pods.Select(p => p.Name).ToArray())
        {
            plane.Client.Delete(plane.Cluster, ResourceTypes.Pods, name, grace: 0);
        }

        plane.Run(2_000);
        Assert.Equal(3, plane.Pods.Count(p => PodView.Of(p).Containers[0].Image == "web:2" && PodView.Of(p).IsReady));
    }

    [Fact]
    public void Scaling_goes_up_and_down_and_a_lost_pod_is_replaced()
    {
        var plane = new ControlPlane(3);
        plane.Client.Create(plane.Cluster, ControlPlane.Deployment("web", 2));
        plane.Run(1_000);
        plane.Patch(ResourceTypes.Deployments, "web", """{"spec":{"replicas":7}}""");
        plane.Run(1_000);
        Assert.Equal(7, plane.Pods.Count(p => PodView.Of(p).IsReady));
        plane.Patch(ResourceTypes.Deployments, "web", """{"spec":{"replicas":3}}""");
        plane.Run(1_000);
        Assert.Equal(3, plane.Pods.Count());
        plane.Client.Delete(plane.Cluster, ResourceTypes.Pods, plane.Pods.First().Name);
        plane.Run(1_000);
        Assert.Equal(3, plane.Pods.Count(p => PodView.Of(p).IsReady));
    }

    [Fact]
    public void A_replica_set_adopts_a_pod_that_matches_and_lets_go_one_that_no_longer_does()
    {
        var plane = new ControlPlane(3);
        plane.Client.Create(plane.Cluster, ControlPlane.Deployment("web", 2));
        plane.Run(1_000);
        string released = plane.Pods.First().Name;
        plane.Patch(ResourceTypes.Pods, released, """{"metadata":{"labels":{"app":"other"}}}""");
        plane.Run(1_000);
        Assert.Null(plane.Get(ResourceTypes.Pods, released).Controller);
        Assert.Equal(3, plane.Pods.Count());
        plane.Patch(ResourceTypes.Pods, released, """{"metadata":{"labels":{"app":"web"}}}""");
        plane.Run(1_000);
        Assert.Equal(2, plane.Pods.Count());
        Assert.All(plane.Pods, p => Assert.Equal("ReplicaSet", p.Controller?.Kind));
    }

    [Fact]
    public void A_pod_that_no_node_takes_says_why_and_is_bound_when_a_node_comes()
    {
        var plane = new ControlPlane(2, cpu: "1");
        plane.Client.Create(plane.Cluster, """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"big"},"spec":{"containers":[
              {"name":"main","image":"web:1","resources":{"requests":{"cpu":"2"}}}]}}
            """);
        plane.Run(100);
        Condition? condition = PodView.Of(plane.Get(ResourceTypes.Pods, "big")).FindCondition("PodScheduled");
        Assert.Equal("False", condition?.Status);
        Assert.Equal("Unschedulable", condition?.Reason);
        Assert.Equal("0/2 nodes are available: 2 Insufficient cpu.", condition?.Message);
        plane.Client.Create(plane.Cluster, ControlPlane.Node("large", "zone-0", "4"));
        plane.Run(2_000);
        Assert.Equal("large", PodView.Of(plane.Get(ResourceTypes.Pods, "big")).NodeName);
    }

    [Fact]
    public void The_scheduler_says_which_fields_it_does_not_honour()
    {
        var plane = new ControlPlane(1);
        JsonObject pod = (JsonObject)JsonText.Parse(Manifests.Pod("spread")).With(
            ["spec", "topologySpreadConstraints"], JsonText.Parse("""[{"maxSkew":1,"topologyKey":"zone"}]"""));
        plane.Client.Create(plane.Cluster, JsonText.Write(pod));
        plane.Run(100);
        Assert.Equal(["spec.topologySpreadConstraints"], plane.Scheduler.UnsupportedFields);
        Assert.Equal("node-0", PodView.Of(plane.Get(ResourceTypes.Pods, "spread")).NodeName);
    }

    private static string Image(string image) =>
        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"" + image
        + "\",\"ports\":[{\"name\":\"http\",\"containerPort\":8080}],"
        + "\"resources\":{\"requests\":{\"cpu\":\"10m\"}}}]}}}}";
}
