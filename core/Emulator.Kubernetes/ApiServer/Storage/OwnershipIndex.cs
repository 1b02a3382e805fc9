using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Storage;

/// <summary>An object's address in the store.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Key">Its key.</param>
internal readonly record struct ObjectAddress(ResourceType Type, ObjectKey Key) : IComparable<ObjectAddress>
{
    public int CompareTo(ObjectAddress other)
    {
        int order = Type.Index.CompareTo(other.Type.Index);
        return order != 0 ? order : Key.CompareTo(other.Key);
    }
}

/// <summary>Who belongs to whom, by UID.</summary>
internal sealed class OwnershipIndex
{
    private readonly Dictionary<string, SortedSet<ObjectAddress>> _dependents = [];
    private readonly Dictionary<string, ObjectAddress> _living = [];

    /// <summary>Where the object of a UID is, or null when there is none.</summary>
    public ObjectAddress? Find(string uid) => _living.TryGetValue(uid, out ObjectAddress address) ? address : null;

    /// <summary>The objects that name a UID as owner, in a fixed order.</summary>
    public IReadOnlyList<ObjectAddress> DependentsOf(string uid) =>
        _dependents.TryGetValue(uid, out SortedSet<ObjectAddress>? dependents) ? [.. dependents] : [];

    /// <summary>Whether any object names the UID as owner.</summary>
    public bool HasDependents(string uid) => _dependents.ContainsKey(uid);

    /// <summary>Takes note of a write.</summary>
    public void Update(ApiObject? before, ApiObject? after)
    {
        ApiObject @object = after ?? before!; // One of the two is always there.
        var address = new ObjectAddress(@object.Type, @object.Key);
        if (before is null)
        {
            _living[@object.Uid] = address;
        }
        else if (after is null)
        {
            _living.Remove(before.Uid);
        }

        if (before is not null && after is not null
            && ReferenceEquals(before.Metadata.Find("ownerReferences"), after.Metadata.Find("ownerReferences")))
        {
            return;
        }

        foreach (OwnerReference owner in before?.OwnerReferences ?? [])
        {
            Remove(owner.Uid, address);
        }

        foreach (OwnerReference owner in after?.OwnerReferences ?? [])
        {
            if (!_dependents.TryGetValue(owner.Uid, out SortedSet<ObjectAddress>? dependents))
            {
                _dependents.Add(owner.Uid, dependents = []);
            }

            dependents.Add(address);
        }
    }

    private void Remove(string uid, ObjectAddress address)
    {
        if (_dependents.TryGetValue(uid, out SortedSet<ObjectAddress>? dependents)
            && dependents.Remove(address) && dependents.Count == 0)
        {
            _dependents.Remove(uid);
        }
    }
}
