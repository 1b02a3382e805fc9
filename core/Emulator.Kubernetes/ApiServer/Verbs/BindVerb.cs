using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>Binds a pod to a node, once: <c>spec.nodeName</c> and the condition <c>PodScheduled</c>.</summary>
/// <remarks>Source: the binding storage of pkg/registry/core/pod of Kubernetes.</remarks>
internal static class BindVerb
{
    public static ApiResult Apply(Registry registry, BindRequest request, Outbox outbox)
    {
        string name = request.Key.Name;
        ApiObject? before = registry.Store.Find(ResourceTypes.Pods, request.Key);
        if (before is null)
        {
            return ApiStatus.NotFound(ResourceTypes.Pods, name);
        }

        if (request.Uid.Length > 0 && request.Uid != before.Uid)
        {
            return ApiStatus.Conflict(ResourceTypes.Pods, name,
                $"Precondition failed: UID in precondition: {request.Uid}, UID in object meta: {before.Uid}");
        }

        if (before.IsTerminating)
        {
            return ApiStatus.Conflict(
                ResourceTypes.Pods, name, $"pod {name} is being deleted, cannot be assigned to a host");
        }

        if (PodView.Of(before).NodeName is { Length: > 0 } node)
        {
            return ApiStatus.Conflict(ResourceTypes.Pods, name, $"pod {name} is already assigned to node \"{node}\"");
        }

        JsonObject status = Condition.Put(
            before.Status, new Condition("PodScheduled", "True", "", "", ModelClock.ToText(outbox.Now)));
        ApiObject bound = before.WithSpec(before.Spec.With("nodeName", request.NodeName)).WithStatus(status);
        return registry.Put(before, bound, outbox);
    }
}
