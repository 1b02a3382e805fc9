using Emulator.Cluster.Reading;
using Emulator.Core.Documents;
using Emulator.Engine.Manifests;
using Emulator.Linux.Processes;

namespace Emulator.Cluster.Tests.Reading;

public sealed class BehaviourReaderTests
{
    [Fact]
    public void Reads_every_annotation_and_prefers_the_containers_own()
    {
        var annotations = new Dictionary<string, string>
        {
            ["emulator.dev/cpu-per-request"] = "10ms",
            ["emulator.dev/cpu-per-request.app"] = "1500us",
            ["emulator.dev/cpu-distribution"] = "exponential",
            ["emulator.dev/concurrency"] = "4",
            ["emulator.dev/backlog"] = "128",
            ["emulator.dev/memory"] = "64Mi",
            ["emulator.dev/memory-per-request"] = "1Mi",
            ["emulator.dev/memory-leak"] = "2Ki/s",
            ["emulator.dev/memory-leak-per-request"] = "100",
            ["emulator.dev/page-cache"] = "1Gi",
            ["emulator.dev/cpu-burn"] = "2",
        };
        ServerBehaviour expected = new()
        {
            CpuPerRequestNanoseconds = 1_500_000, IsExponential = true, Concurrency = 4, Backlog = 128,
            MemoryBytes = 64 << 20, MemoryPerRequestBytes = 1 << 20, LeakBytesPerSecond = 2_048,
            LeakPerRequestBytes = 100, PageCacheBytes = 1 << 30, BurnThreads = 2,
        };
        Assert.Equal(expected, Read(annotations, "app"));
        Assert.Equal(10_000_000, Read(annotations, "sidecar").CpuPerRequestNanoseconds);
        Assert.Equal(BehaviourReader.Names.Count, annotations.Count - 1);
    }

    [Fact]
    public void Without_annotations_a_container_costs_nothing() =>
        Assert.Equal(ServerBehaviour.Free, Read([], "app"));

    [Theory]
    [InlineData("cpu-per-request", "10", "a duration from 0 to 1h such as 10ms")]
    [InlineData("cpu-per-request", "2h", "a duration from 0 to 1h such as 10ms")]
    [InlineData("cpu-distribution", "normal", "fixed or exponential")]
    [InlineData("concurrency", "-1", "a number from 0 (no limit) to 1000000")]
    [InlineData("backlog", "0", "a number from 1 to 65535")]
    [InlineData("memory", "lots", "an amount such as 64Mi")]
    [InlineData("memory-leak", "1Mi", "an amount a second such as 1Mi/s")]
    [InlineData("cpu-burn.app", "two", "a number of threads from 0 to 4096")]
    public void A_wrong_value_is_an_error_with_place_value_and_cure(string name, string value, string expected)
    {
        var errors = new List<ManifestError>();
        using var text = new StringReader($$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                metadata:
                  annotations:
                    emulator.dev/{{name}}: "{{value}}"
                spec:
                  containers: [{name: app}, {name: other}]
            """);
        BehaviourReader.Check(ManifestReader.Read(["-"], text).Documents[0], errors);
        ManifestError error = Assert.Single(errors);
        Assert.Equal(
            $"-:8: spec.template.metadata.annotations[emulator.dev/{name}]: '{value}' is not understood; "
            + $"write {expected}.", error.ToString());
    }

    private static ServerBehaviour Read(Dictionary<string, string> annotations, string container) =>
        BehaviourReader.Read(
            annotations.GetValueOrDefault, container, (name, problem) => Assert.Fail($"{name}: {problem}"));
}
