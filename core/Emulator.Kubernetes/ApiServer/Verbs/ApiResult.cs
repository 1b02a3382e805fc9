using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>What a write came to: the object as it is now, or why not.</summary>
internal readonly record struct ApiResult(ApiObject? Object, ApiStatus? Error)
{
    public static implicit operator ApiResult(ApiObject @object) => new(@object, null);

    public static implicit operator ApiResult(ApiStatus error) => new(null, error);
}
