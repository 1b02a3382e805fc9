using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers;

/// <summary>Objects by the controller that owns them, and those of a namespace that nobody owns.</summary>
public sealed class ObjectIndex
{
    private static readonly SortedDictionary<ObjectKey, ApiObject> None = [];

    private readonly Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> _byOwner = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> _orphans = new(StringComparer.Ordinal);

    /// <summary>The objects that an owner controls, by key.</summary>
    public SortedDictionary<ObjectKey, ApiObject>.ValueCollection ControlledBy(string ownerUid) =>
        _byOwner.GetValueOrDefault(ownerUid, None).Values;

    /// <summary>The objects of a namespace that nobody controls, by key.</summary>
    public SortedDictionary<ObjectKey, ApiObject>.ValueCollection OrphansOf(string @namespace) =>
        _orphans.GetValueOrDefault(@namespace, None).Values;

    /// <summary>Takes an object in.</summary>
    public void Add(ApiObject @object)
    {
        (Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> map, string name) = PlaceOf(@object);
        if (!map.TryGetValue(name, out SortedDictionary<ObjectKey, ApiObject>? objects))
        {
            objects = [];
            map.Add(name, objects);
        }

        objects[@object.Key] = @object;
    }

    /// <summary>Takes an object out, as it was last.</summary>
    public void Remove(ApiObject @object)
    {
        (Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> map, string name) = PlaceOf(@object);
        if (map.TryGetValue(name, out SortedDictionary<ObjectKey, ApiObject>? objects)
            && objects.Remove(@object.Key) && objects.Count == 0)
        {
            map.Remove(name);
        }
    }

    /// <summary>Replaces an object.</summary>
    public void Update(ApiObject before, ApiObject after)
    {
        if (before.Controller?.Uid != after.Controller?.Uid)
        {
            Remove(before);
        }

        Add(after);
    }

    private (Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> Map, string Name) PlaceOf(ApiObject @object) =>
        @object.Controller is { } owner ? (_byOwner, owner.Uid) : (_orphans, @object.Namespace);
}
