using Emulator.Cluster.Building;
using Emulator.Cluster.Manifests;
using Emulator.Cluster.Reading;
using Emulator.Core.Documents;
using Emulator.Engine.Manifests;

namespace Emulator.Cluster.Tests.Manifests;

public sealed class ClusterInputTests
{
    [Fact]
    public void Sorts_documents_into_cluster_objects_and_traffic()
    {
        ClusterInput input = Read("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: shop}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            ---
            apiVersion: emulator.dev/v1alpha1
            kind: Traffic
            metadata: {name: load}
            spec: {from: external, to: svc/shop/web}
            ---
            apiVersion: emulator.dev/v1alpha1
            kind: Cluster
            metadata: {name: mine}
            """);

        Assert.Equal("mine", input.Cluster.Name);
        Assert.Equal(["namespaces /shop", "deployments.apps shop/web", "services default/web"],
            input.Objects.Select(o => o.Object).Select(o => $"{o.Type} {o.Namespace}/{o.Name}"));
        Assert.Equal("load", Assert.Single(input.Traffic).Name);
        Assert.Equal("", input.NotModelled.ToString());
    }

    [Fact]
    public void Without_a_cluster_document_the_cluster_is_the_default() =>
        Assert.Same(ClusterSpecReader.Default, Read("").Cluster);

    /// <summary>Each mistake is told once for a group's nodes, at its place in the Cluster document.</summary>
    [Theory]
    [InlineData(
        "{name: a, annotations: {emulator.dev/run-time: soon}}", "{containers: [{name: a, image: a}]}",
        "6: spec.nodes[0].staticPods[0].metadata.annotations: emulator.dev/run-time: 'soon' is not a duration; write "
        + "one such as 500ms, 10s or 1m30s.")]
    [InlineData(
        "{name: a, annotations: {emulator.dev/memory: lots}}", "{containers: [{name: a, image: a}]}",
        "6: spec.nodes[0].staticPods[0].metadata.annotations[emulator.dev/memory]: 'lots' is not understood; write an "
        + "amount such as 64Mi.")]
    [InlineData(
        "{name: a}", "{containers: [{name: a}]}",
        "7: spec.nodes[0].staticPods[0].spec.containers[0].image: Pod default/a-node-1 is refused: Required value.")]
    [InlineData(
        "{name: a, namespace: shop}", "{containers: [{name: a, image: a}]}",
        "5: spec.nodes[0].staticPods[0]: Pod shop/a-node-1 is refused: namespaces \"shop\" not found. Add a Namespace "
        + "document.")]
    public void A_static_pod_that_makes_no_sense_is_an_error(string metadata, string spec, string error)
    {
        ManifestSet read = ManifestReader.ReadText(
            $$"""
            apiVersion: emulator.dev/v1alpha1
            kind: Cluster
            spec:
              nodes:
              - {count: 3, name: "node-{n}", staticPods: [{
                  metadata: {{metadata}},
                  spec: {{spec}} }]}
            """, "in.yaml");
        List<ManifestError> errors = [];
        ClusterInput? input = ClusterInput.From(read.Documents, errors);
        Assert.True(input is null || ClusterBuilder.Build(input, errors) is null);
        Assert.Equal($"in.yaml:{error}", Assert.Single(errors).ToString());
    }

    [Fact]
    public void A_static_pods_mirror_and_a_pod_of_the_manifests_may_not_have_one_name()
    {
        ManifestSet read = ManifestReader.ReadText(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: a-node-2}
            spec: {containers: [{name: a, image: a}]}
            ---
            apiVersion: emulator.dev/v1alpha1
            kind: Cluster
            spec:
              nodes:
              - {count: 3, name: "node-{n}", staticPods: [{
                  metadata: {name: a}, spec: {containers: [{name: a, image: a}]}}]}
            """, "in.yaml");
        List<ManifestError> errors = [];
        Assert.Null(ClusterBuilder.Build(ClusterInput.From(read.Documents, errors)!, errors)); // It reads well.
        Assert.Equal(
            "in.yaml:10: spec.nodes[0].staticPods[0]: Pod default/a-node-2 is refused: pods \"a-node-2\" already "
            + "exists.",
            Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("run-time: soon", "'soon' is not a duration; write one such as 500ms, 10s or 1m30s.")]
    [InlineData("exit-code: '256'", "'256' is not an exit code; write a number from 0 to 255.")]
    [InlineData(
        "stop-time.web: 1s", "names container 'web', which the pod has not; its containers are setup, main.")]
    [InlineData(
        "crash-after: 1s, emulator.dev/run-time.main: 2s",
        "stands beside emulator.dev/run-time; a container ends once: keep one of the two.")]
    public void A_containers_life_that_makes_no_sense_is_an_error(string annotation, string problem)
    {
        ManifestSet read = ManifestReader.ReadText(
            $$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: a
              annotations: { emulator.dev/{{annotation}} }
            spec: {initContainers: [{name: setup}], containers: [{name: main}]}
            """, "in.yaml");
        List<ManifestError> errors = [];
        Assert.Null(ClusterInput.From(read.Documents, errors));
        string name = annotation.Split(':')[0];
        Assert.Equal(
            $"in.yaml:5: metadata.annotations: emulator.dev/{name}: {problem}", Assert.Single(errors).ToString());
    }

    [Fact]
    public void Names_kinds_and_fields_that_are_not_modelled()
    {
        ClusterInput input = Read("""
            apiVersion: v1
            kind: Pod
            metadata: {name: a, labels: {app: a}}
            spec:
              containers:
                - {name: one, image: x, securityContext: {}, ports: [{containerPort: 80}]}
                - {name: two, image: x, securityContext: {}, env: [{name: A, value: b}]}
              volumes: [{name: v, emptyDir: {}}]
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: d}
            spec: {template: {spec: {containers: [{name: one, securityContext: {}}]}}}
            ---
            apiVersion: autoscaling/v1
            kind: HorizontalPodAutoscaler
            metadata: {name: h}
            ---
            apiVersion: example.com/v1
            kind: Rocket
            ---
            apiVersion: example.com/v1
            kind: Rocket
            """);

        Assert.Equal(
            "not modelled: 1 HorizontalPodAutoscaler, 2 Rocket; fields: "
            + "Deployment.spec.template.spec.containers[].securityContext (1×), Pod.spec.containers[].env (1×), "
            + "Pod.spec.containers[].securityContext (2×), Pod.spec.volumes (1×)",
            input.NotModelled.ToString());
        Assert.Equal(["Pod", "Deployment"], input.Objects.Select(o => o.Object.Type.Kind));
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod", "in.yaml:1: metadata.name: is missing; give the Pod a name.")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: 5}",
        "in.yaml:3: metadata.name: 5 is not a name; write a text, quoted if it looks like a number.")]
    [InlineData("apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: a}",
        "in.yaml:1: apiVersion: 'extensions/v1beta1' has no kind Deployment; write apps/v1.")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, "
        + "namespace: default}",
        "in.yaml:7: metadata.name: Pod default/a is written twice, first in in.yaml:1; keep one of the two.")]
    [InlineData("apiVersion: emulator.dev/v1alpha1\nkind: Workload",
        "in.yaml:2: kind: 'Workload' documents are not read by this version; "
        + "remove the document (a container with a declared port answers by itself).")]
    [InlineData("apiVersion: emulator.dev/v1alpha1\nkind: Trafic",
        "in.yaml:2: kind: 'Trafic' is not a kind of emulator.dev/v1alpha1; "
        + "did you mean Traffic?")]
    [InlineData("apiVersion: emulator.dev/v2\nkind: Cluster",
        "in.yaml:1: apiVersion: 'emulator.dev/v2' is not a version of the emulator's "
        + "documents; write emulator.dev/v1alpha1.")]
    [InlineData("apiVersion: emulator.dev/v1alpha1\nkind: Cluster\n---\napiVersion: emulator.dev/v1alpha1\nkind: "
        + "Cluster",
        "in.yaml:5: kind: is a second Cluster document; the first is in in.yaml:1. Keep one of the two.")]
    public void Refuses_what_it_cannot_place(string text, string expected)
    {
        var errors = new List<ManifestError>();

        Assert.Null(ClusterInput.From(ManifestReader.ReadText(text, "in.yaml").Documents, errors));
        Assert.Equal(expected, string.Join("\n", errors));
    }

    private static ClusterInput Read(string text)
    {
        ManifestSet read = ManifestReader.ReadText(text, "in.yaml");
        var errors = new List<ManifestError>();
        ClusterInput? input = ClusterInput.From(read.Documents, errors);
        Assert.Empty(read.Errors.Concat(errors));
        Assert.NotNull(input);
        return input;
    }
}
