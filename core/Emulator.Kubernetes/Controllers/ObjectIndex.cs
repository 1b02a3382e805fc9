using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers;

/// <summary>Objects by the controller that owns them, and those of a namespace that nobody owns.</summary>
public sealed class ObjectIndex
{
    private static readonly SortedDictionary<ObjectKey, ApiObject> None = [];

    private readonly Dictionary<ObjectKey, ApiObject> _known = [];
    private readonly Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> _byOwner = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> _orphans = new(StringComparer.Ordinal);

    /// <summary>The objects that an owner controls, by key.</summary>
    public SortedDictionary<ObjectKey, ApiObject>.ValueCollection ControlledBy(string ownerUid) =>
        _byOwner.GetValueOrDefault(ownerUid, None).Values;

    /// <summary>The objects of a namespace that nobody controls, by key.</summary>
    public SortedDictionary<ObjectKey, ApiObject>.ValueCollection OrphansOf(string @namespace) =>
        _orphans.GetValueOrDefault(@namespace, None).Values;

    /// <summary>Takes an object in, in the place of an older version.</summary>
    public void Put(ApiObject @object)
    {
        if (_known.TryGetValue(@object.Key, out ApiObject? before) && before.Controller?.Uid != @object.Controller?.Uid)
        {
            Remove(@object.Key);
        }

        (Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> map, string name) = PlaceOf(@object);
        if (!map.TryGetValue(name, out SortedDictionary<ObjectKey, ApiObject>? objects))
        {
            objects = [];
            map.Add(name, objects);
        }

        objects[@object.Key] = @object;
        _known[@object.Key] = @object;
    }

    /// <summary>Takes an object out.</summary>
    /// <returns>The version that was in; null when there was none.</returns>
    public ApiObject? Remove(ObjectKey key)
    {
        if (!_known.Remove(key, out ApiObject? known))
        {
            return null;
        }

        (Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> map, string name) = PlaceOf(known);
        SortedDictionary<ObjectKey, ApiObject> objects = map[name];
        objects.Remove(key);
        if (objects.Count == 0)
        {
            map.Remove(name);
        }

        return known;
    }

    private (Dictionary<string, SortedDictionary<ObjectKey, ApiObject>> Map, string Name) PlaceOf(ApiObject @object) =>
        @object.Controller is { } owner ? (_byOwner, owner.Uid) : (_orphans, @object.Namespace);
}
