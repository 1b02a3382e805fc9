using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer;

/// <summary>Reads the API's objects from outside, while the run stands still, wherever the API server lives.</summary>
public interface IObjectReader
{
    /// <summary>An object, or null.</summary>
    ApiObject? Find(ResourceType type, ObjectKey key);

    /// <summary>All objects of a type, by namespace and name.</summary>
    IEnumerable<ApiObject> All(ResourceType type);
}
