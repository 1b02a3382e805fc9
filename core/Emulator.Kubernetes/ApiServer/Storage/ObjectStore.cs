using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Storage;

/// <summary>The objects of all types, one counter of writes, and each type's last writes.</summary>
/// <remarks>Models etcd behind the API server's watch cache; nothing is compacted but by the history's bound.</remarks>
internal sealed class ObjectStore
{
    private readonly ObjectTable[] _tables;
    private long _version;

    public ObjectStore(int historyLengthMax) =>
        _tables = [.. ResourceTypes.All.Select(t => new ObjectTable(t, historyLengthMax))];

    /// <summary>The last write.</summary>
    public ResourceVersion Version => new(_version);

    public OwnershipIndex Ownership { get; } = new();

    public ObjectTable Table(ResourceType type) => _tables[type.Index];

    public IEnumerable<ObjectTable> Tables => _tables;

    public ApiObject? Find(ResourceType type, ObjectKey key) => Table(type).Find(key)?.Object;

    /// <summary>Writes a version of an object, stamped with the next resourceVersion.</summary>
    public Change Put(ApiObject? before, ApiObject @object, out StoredObject stored)
    {
        var version = new ResourceVersion(++_version);
        ApiObject after = @object.WithMetadata(@object.Metadata.With("resourceVersion", version.ToString()));
        ObjectTable table = Table(@object.Type);
        stored = table.Put(after);
        Ownership.Update(before, after);
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
        var change = new Change(version, before, null);
        table.History.Add(change);
        return change;
    }
}
