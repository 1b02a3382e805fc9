using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.ApiServer.Patches;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>
/// Changes parts of an object: the patch is laid over the newest version, and the result is an update.
/// </summary>
internal static class PatchVerb
{
    public static ApiResult Apply(Registry registry, PatchRequest request, Outbox outbox)
    {
        ApiObject? before = registry.Store.Find(request.Type, request.Key);
        if (before is null)
        {
            return ApiStatus.NotFound(request.Type, request.Key.Name);
        }

        JsonValue patched;
        try
        {
            switch (request.PatchType)
            {
                case PatchType.Json:
                    patched = JsonPatch.Apply(before.Json, request.Patch);
                    break;
                case PatchType.Merge:
                    patched = MergePatch.Apply(before.Json, request.Patch);
                    break;
                case PatchType.Strategic:
                    patched = StrategicMergePatch.Apply(before.Json, request.Patch);
                    break;
                default:
                    return ApiStatus.UnsupportedMediaType(
                        "server-side apply is not served; use a strategic merge patch (kubectl apply "
                        + "--server-side=false)");
            }
        }
        catch (FormatException e)
        {
            return ApiStatus.BadRequest(e.Message);
        }

        if (patched is not JsonObject map || map.Find("kind")?.AsString != request.Type.Kind)
        {
            return ApiStatus.BadRequest("a patch may not change the kind of an object");
        }

        var @object = new ApiObject(request.Type, map);
        return @object.Key == request.Key
            ? UpdateVerb.Apply(registry, @object, request.Status, outbox)
            : ApiStatus.BadRequest("the name of the object based on the patch does not match the name on the URL");
    }
}
