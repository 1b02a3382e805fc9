using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

/// <summary>
/// Wording: pkg/apis/core/validation and pkg/apis/apps/validation of Kubernetes, as kubectl shows it.
/// </summary>
public sealed class ValidationTests
{
    private readonly MiniCluster _cluster = new();
    private readonly TestClient _client;

    public ValidationTests() => _client = _cluster.NewClient();

    [Theory]
    [InlineData(
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{}}""",
        "Pod \"p\" is invalid: spec.containers: Required value")]
    [InlineData(
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"image":"a:1"}]}}""",
        "Pod \"p\" is invalid: spec.containers[0].name: Required value")]
    [InlineData(
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
         "spec":{"containers":[{"name":"a","image":"a:1"},{"name":"a","image":"a:1"}],"restartPolicy":"Sometimes"}}
        """,
        "Pod \"p\" is invalid: [spec.containers[1].name: Duplicate value: \"a\", spec.restartPolicy: Unsupported "
        + "value: "
        + "\"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"]")]
    [InlineData(
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[
         {"name":"a","image":"a:1","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}}
        """,
        "Pod \"p\" is invalid: spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal "
        + "to cpu "
        + "limit of 1")]
    [InlineData(
        """{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{}}""",
        "Service \"s\" is invalid: spec.ports: Required value")]
    [InlineData(
        """
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},
         "spec":{"ports":[{"port":80},{"port":70000}]}}
        """,
        "Service \"s\" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value, "
        + "spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive, "
        + "spec.ports[1].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive]")]
    [InlineData(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}""",
        "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required")]
    [InlineData(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Nope_"}}""",
        "ConfigMap \"Nope_\" is invalid: metadata.name: Invalid value: \"Nope_\": a lowercase RFC 1123 subdomain must "
        + "consist of "
        + "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
        + "'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")]
    public void Names_the_field_the_value_and_the_rule(string manifest, string message)
    {
        ApiStatus error = _client.Create(_cluster, manifest).Error!;
        Assert.Equal((422, "Invalid", message), (error.Code, error.Reason, error.Message));
    }

    [Fact]
    public void A_deployment_must_select_its_own_template()
    {
        Assert.Equal(
            "Deployment.apps \"web\" is invalid: spec.template.metadata.labels: Invalid value: "
            + "map[string]string{\"app\":\"x\"}: "
            + "`selector` does not match template `labels`",
            _client.Create(_cluster, Manifests.Deployment("web", labels: """{"app":"x"}""")).Error!.Message);
    }

    [Fact]
    public void A_deployment_gets_its_defaults_and_its_template_too()
    {
        JsonObject spec = _client.Create(_cluster, Manifests.Deployment("web")).Object!.Spec;

        Assert.Equal(1, spec.Find("replicas")!.AsInt64);
        Assert.Equal(
            JsonText.Parse("""{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}"""),
            spec.Find("strategy"));
        Assert.Equal(JsonText.Parse("""
            {"containers":[{"name":"main","image":"web:1","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always",
             "terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler"}
            """), spec.At("template", "spec"));
    }

    [Fact]
    public void A_selector_stays_as_it_is()
    {
        _client.Create(_cluster, Manifests.Deployment("web"));

        ApiStatus error = _client.Patch(_cluster, ResourceTypes.Deployments, "web", PatchType.Merge, """
            {"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}}}}}
            """).Error!;

        Assert.EndsWith("field is immutable", error.Message);
        Assert.Equal("spec.selector", error.Causes.Single().Field);
    }

    [Fact]
    public void All_pods_of_a_template_share_one_spec()
    {
        JsonObject template =
            (JsonObject)_client.Create(_cluster, Manifests.Deployment("web")).Object!.Spec.At("template", "spec")!;
        ApiObject pod = ApiObject.Named(ResourceTypes.Pods, "default", "a").WithSpec(template);
        JsonObject first = CreateSpec(pod);
        JsonObject second = CreateSpec(ApiObject.Named(ResourceTypes.Pods, "default", "b").WithSpec(template));

        Assert.Same(first, second);
        Assert.Same(template.Find("containers"), first.Find("containers"));

        JsonObject CreateSpec(ApiObject from)
        {
            _cluster.Do(outbox => _client.Api.Create(from, outbox));
            _cluster.Settle();
            return _cluster.Server.Find(ResourceTypes.Pods, from.Key)!.Spec;
        }
    }

    [Fact]
    public void A_pod_gets_its_defaults_tolerations_and_priority()
    {
        _client.Create(_cluster, """
            {"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"high"},"value":1000,
             "preemptionPolicy":"Never"}
            """);
        ApiObject plain = _client.Create(_cluster, Manifests.Pod("a")).Object!;
        ApiObject high = _client.Create(_cluster, Manifests.Pod("b", more: ",\"priorityClassName\":\"high\"")).Object!;
        ApiStatus unknown =
            _client.Create(_cluster, Manifests.Pod("c", more: ",\"priorityClassName\":\"nope\"")).Error!;

        Assert.Equal(0, plain.Spec.Find("priority")!.AsInt64);
        Assert.Equal("Pending", plain.Status.Find("phase")!.AsString);
        Assert.Equal(
            [("node.kubernetes.io/not-ready", 300L), ("node.kubernetes.io/unreachable", 300L)],
            plain.Spec.Find(
                "tolerations")!.Items.Select(t => (t["key"]!.AsString, t["tolerationSeconds"]!.AsInt64!.Value)));
        Assert.Equal(1000, high.Spec.Find("priority")!.AsInt64);
        Assert.Equal("Never", high.Spec.Find("preemptionPolicy")!.AsString);
        Assert.Contains("no PriorityClass with name nope was found", unknown.Message);
    }

    [Fact]
    public void A_limit_is_a_request_where_none_is_given()
    {
        ApiObject pod = _client.Create(_cluster, """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[
             {"name":"a","image":"a:1","resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"100m"}}}]}}
            """).Object!;

        Assert.Equal(JsonText.Parse("""{"cpu":"100m","memory":"1Gi"}"""),
            pod.Spec.Find("containers")!.Items[0].At("resources", "requests"));
    }

    [Fact]
    public void A_pod_may_change_its_image_but_not_its_ports()
    {
        _client.Create(_cluster, Manifests.Pod("p"));
        const string Image = """{"spec":{"containers":[{"name":"main","image":"web:2"}]}}""";
        const string Ports = """{"spec":{"containers":[{"name":"main","ports":[{"containerPort":80}]}]}}""";

        Assert.True(_client.Patch(_cluster, ResourceTypes.Pods, "p", PatchType.Strategic, Image).Succeeded);
        ApiStatus error = _client.Patch(_cluster, ResourceTypes.Pods, "p", PatchType.Strategic, Ports).Error!;
        Assert.StartsWith(
            "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than", error.Message);
    }

    [Theory]
    [InlineData("""{"requests":{"cpu":"300m"}}""", "")]
    [InlineData("""{"limits":{"memory":"32Mi"}}""",
        "spec.containers[0].resources.limits: Forbidden: memory limits cannot be decreased unless resizePolicy is "
        + "RestartContainer")]
    [InlineData("""{"limits":{"cpu":"100m"},"requests":{"memory":"64Mi"}}""", "spec: Forbidden: Pod QoS is immutable")]
    [InlineData("""{"limits":{"memory":null}}""",
        "spec.containers[0].resources: Forbidden: resource limits and requests cannot be removed")]
    public void A_pod_may_change_its_cpu_and_memory_within_its_class(string resources, string problem)
    {
        _client.Create(_cluster, """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[
             {"name":"a","image":"a:1",
              "resources":{"limits":{"memory":"64Mi"},"requests":{"cpu":"100m","memory":"32Mi"}}}]}}
            """);
        ApiResponse answer = _client.Patch(
            _cluster, ResourceTypes.Pods, "p", PatchType.Strategic,
            $$$$"""{"spec":{"containers":[{"name":"a","resources":{{{{resources}}}}}]}}""");
        Assert.Equal(
            problem.Length == 0 ? "" : $"Pod \"p\" is invalid: {problem}", answer.Error?.Message ?? "");
    }

    /// <summary>Source: kubernetes pkg/apis/core/validation (ValidatePodUpdate): of init containers the image
    /// alone.</summary>
    [Theory]
    [InlineData("\"image\":\"a:2\"", true)]
    [InlineData("\"resources\":{\"requests\":{\"cpu\":\"200m\"}}", false)]
    public void An_init_container_may_change_its_image_but_not_its_resources(string change, bool succeeds)
    {
        _client.Create(_cluster, """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{
             "containers":[{"name":"main","image":"a:1"}],
             "initContainers":[{"name":"setup","image":"a:1","resources":{"requests":{"cpu":"100m"}}}]}}
            """);
        ApiResponse answer = _client.Patch(
            _cluster, ResourceTypes.Pods, "p", PatchType.Strategic,
            $$$"""{"spec":{"initContainers":[{"name":"setup",{{{change}}}}]}}""");
        Assert.Equal(succeeds, answer.Succeeded);
        Assert.Equal(
            !succeeds,
            answer.Error?.Message.StartsWith(
                "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than",
                StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void Writes_a_status_as_the_api_does()
    {
        ApiStatus error = _client.Create(
            _cluster, """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r"},"spec":{}}""")
            .Error!;

        Assert.Equal(JsonText.Parse("""
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
             "message":"ReplicaSet.apps \"r\" is invalid: spec.template: Required value","reason":"Invalid",
             "details":{"name":"r","group":"apps","kind":"ReplicaSet",
                        "causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.template"}]},
             "code":422}
            """), error.ToJson());
    }
}
