using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>What of a pod's resources may change while it runs.</summary>
/// <remarks>Source: kubernetes pkg/apis/core/validation (ValidatePodResize, 1.33): cpu and memory alone; none may be
/// taken away; the QoS class stays; a memory limit falls only where the container is restarted for it. Init containers
/// keep theirs. Left out: the subresource <c>resize</c>; the change is part of an ordinary update, as before
/// 1.33.</remarks>
internal static class ResizeRules
{
    private static readonly string[] Names = ["cpu", "memory"];

    /// <summary>A container without what may change: image, cpu and memory.</summary>
    public static JsonObject Fixed(JsonObject container)
    {
        JsonObject rest = container.Without("image");
        foreach (string list in (ReadOnlySpan<string>)["requests", "limits"])
        {
            foreach (string name in Names)
            {
                if (rest.At("resources", list, name) is not null)
                {
                    rest = (JsonObject)rest.With(["resources", list, name], null);
                }
            }
        }

        return rest;
    }

    /// <summary>Refuses changes that a running pod cannot take.</summary>
    public static void Validate(ApiObject before, ApiObject pod, FieldErrors errors)
    {
        PodView was = PodView.Of(before);
        PodView wanted = PodView.Of(pod);
        bool isChanged = false;
        for (int i = 0; i < Math.Min(was.Containers.Count, wanted.Containers.Count); i++)
        {
            (ContainerView old, ContainerView @new) = (was.Containers[i], wanted.Containers[i]);
            string path = $"spec.containers[{i}].resources";
            isChanged |= !ReferenceEquals(old, @new) && !Same(old, @new);
            foreach (string name in Names)
            {
                if ((old.Requests.TryGet(name, out _) && !@new.Requests.TryGet(name, out _))
                    || (old.Limits.TryGet(name, out _) && !@new.Limits.TryGet(name, out _)))
                {
                    errors.Forbidden(path, "resource limits and requests cannot be removed");
                }
            }

            if (@new.Limits.TryGet("memory", out Quantity limit) && limit < old.Limits["memory"]
                && !Restarts(@new, "memory"))
            {
                errors.Forbidden(
                    $"{path}.limits", "memory limits cannot be decreased unless resizePolicy is RestartContainer");
            }
        }

        if (isChanged && PodQos.Of(was) != PodQos.Of(wanted))
        {
            errors.Forbidden("spec", "Pod QoS is immutable");
        }
    }

    /// <summary>Whether two containers ask for the same.</summary>
    public static bool Same(ContainerView left, ContainerView right) => Names.All(
        n => left.Requests[n] == right.Requests[n] && left.Limits[n] == right.Limits[n]);

    /// <summary>Whether a container is restarted when a resource changes.</summary>
    public static bool Restarts(ContainerView container, string resource) =>
        (container.Json.Find("resizePolicy")?.Items ?? []).Any(
            p => p["resourceName"]?.AsString == resource && p["restartPolicy"]?.AsString == "RestartContainer");
}
