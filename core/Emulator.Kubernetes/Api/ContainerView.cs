using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>A port that a container declares.</summary>
/// <param name="Name">Its name; empty when it has none.</param>
/// <param name="ContainerPort">The port inside the pod.</param>
/// <param name="HostPort">The port of the node; 0 is none.</param>
/// <param name="Protocol"><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
/// <param name="HostIP">The node's address that the host port is bound to; empty is all.</param>
public sealed record ContainerPortView(string Name, int ContainerPort, int HostPort, string Protocol, string HostIP)
{
    internal static ContainerPortView From(JsonValue json) => new(
        json["name"]?.AsString ?? "",
        (int)(json["containerPort"]?.AsInt64 ?? 0),
        (int)(json["hostPort"]?.AsInt64 ?? 0),
        json["protocol"]?.AsString ?? "TCP",
        json["hostIP"]?.AsString ?? "");
}

/// <summary>One container of a pod's spec. Made once per document: all pods of a template share it.</summary>
public sealed class ContainerView
{
    private ContainerView(JsonObject json)
    {
        Json = json;
        Name = json.Find("name")?.AsString ?? "";
        Image = json.Find("image")?.AsString ?? "";
        Ports = [.. (json.Find("ports")?.Items ?? []).Select(ContainerPortView.From)];
        Requests = ResourceList.From(json.At("resources", "requests"));
        Limits = ResourceList.From(json.At("resources", "limits"));
        RestartPolicy = json.Find("restartPolicy")?.AsString;
    }

    /// <summary>The whole document, for probes, env and the rest.</summary>
    public JsonObject Json { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its image; empty when missing.</summary>
    public string Image { get; }

    /// <summary>The ports it declares.</summary>
    public IReadOnlyList<ContainerPortView> Ports { get; }

    /// <summary>What it asks for.</summary>
    public ResourceList Requests { get; }

    /// <summary>What it may use at most.</summary>
    public ResourceList Limits { get; }

    /// <summary><c>Always</c> makes an init container a sidecar; null otherwise.</summary>
    public string? RestartPolicy { get; }

    /// <summary>The readiness probe, or null.</summary>
    public JsonValue? ReadinessProbe => Json.Find("readinessProbe");

    /// <summary>The liveness probe, or null.</summary>
    public JsonValue? LivenessProbe => Json.Find("livenessProbe");

    /// <summary>The startup probe, or null.</summary>
    public JsonValue? StartupProbe => Json.Find("startupProbe");

    /// <summary>The view of a container's document.</summary>
    public static ContainerView Of(JsonObject json) => json.Parsed(static container => new ContainerView(container));

    internal static IReadOnlyList<ContainerView> AllOf(JsonValue? containers) =>
        [.. (containers?.Items ?? []).OfType<JsonObject>().Select(Of)];
}
