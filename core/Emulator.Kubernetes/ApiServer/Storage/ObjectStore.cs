using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Storage;

/// <summary>The objects of all types, one counter of writes, and each type's last writes.</summary>
/// <remarks>Models etcd behind the API server's watch cache; nothing is compacted but by the history's bound.</remarks>
internal sealed class ObjectStore
{
    private readonly ObjectTable[] _tables;
    private readonly Dictionary<string, int> _countByNamespace = [];
    private long _version;

    public ObjectStore(int historyLengthMax) =>
        _tables = [.. ResourceTypes.All.Select(t => new ObjectTable(t, historyLengthMax))];

    /// <summary>The last write.</summary>
    public ResourceVersion Version => new(_version);

    public OwnershipIndex Ownership { get; } = new();

    public ObjectTable Table(ResourceType type) => _tables[type.Index];

    public IEnumerable<ObjectTable> Tables => _tables;

    public ApiObject? Find(ResourceType type, ObjectKey key) => Table(type).Find(key)?.Object;

    /// <summary>How many objects stand in a namespace.</summary>
    public int CountIn(string @namespace) => _countByNamespace.GetValueOrDefault(@namespace);

    /// <summary>Writes a version of an object, stamped with the next resourceVersion.</summary>
    public Change Put(ApiObject? before, ApiObject @object, out StoredObject stored)
    {
        var version = new ResourceVersion(++_version);
        ApiObject after = @object.WithMetadata(@object.Metadata.With("resourceVersion", version.ToString()));
        ObjectTable table = Table(@object.Type);
        stored = table.Put(after);
        Ownership.Update(before, after);
        Count(after, before is null ? 1 : 0);
        var change = new Change(version, before, after);
        table.History.Add(change);
        return change;
    }

    /// <summary>Ends an object.</summary>
    public Change Remove(ApiObject before, out StoredObject stored)
    {
        var version = new ResourceVersion(++_version);
        ObjectTable table = Table(before.Type);
        stored = table.Remove(before.Key)
            ?? throw new InvalidOperationException($"{before} is not in the store and cannot be removed.");
        Ownership.Update(before, null);
        Count(before, -1);
        var change = new Change(version, before, null);
        table.History.Add(change);
        return change;
    }

    private void Count(ApiObject @object, int more)
    {
        if (more != 0 && @object.Namespace.Length > 0)
        {
            _countByNamespace[@object.Namespace] = CountIn(@object.Namespace) + more;
        }
    }
}
