using Emulator.Core.Actors;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer;

/// <summary>
/// A local copy of some objects, kept true by a list and a watch, with somebody to tell of each change.
/// </summary>
/// <remarks>
/// Source: client-go's Reflector and SharedInformer. The store changes before the handlers hear of it. A list after a
/// break is compared with the store, so handlers hear additions, changes and removals only, by namespace and name.
/// </remarks>
public sealed class Informer
{
    private readonly SortedDictionary<ObjectKey, ApiObject> _store = [];

    internal Informer(ResourceType type, ListScope scope)
    {
        Type = type;
        Scope = scope;
    }

    /// <summary>The type of object.</summary>
    public ResourceType Type { get; }

    /// <summary>Which of the type.</summary>
    public ListScope Scope { get; }

    /// <summary>Called for each object that is new in scope.</summary>
    public Action<ApiObject, Outbox>? OnAdd { get; set; }

    /// <summary>Called for each change with the object before and after.</summary>
    public Action<ApiObject, ApiObject, Outbox>? OnUpdate { get; set; }

    /// <summary>Called for each object that left the scope, as it was last.</summary>
    public Action<ApiObject, Outbox>? OnDelete { get; set; }

    /// <summary>Called once, after the handlers of the first list.</summary>
    public Action<Outbox>? OnSynced { get; set; }

    /// <summary>
    /// Called after each list and each batch of events, when all its handlers ran: the place to act once for many.
    /// </summary>
    public Action<Outbox>? OnBatchEnd { get; set; }

    /// <summary>Whether the first list came.</summary>
    public bool HasSynced { get; private set; }

    /// <summary>The last change known.</summary>
    public ResourceVersion ResourceVersion { get; private set; }

    /// <summary>How many objects there are.</summary>
    public int Count => _store.Count;

    /// <summary>The objects by namespace and name.</summary>
    public SortedDictionary<ObjectKey, ApiObject>.ValueCollection Objects => _store.Values;

    internal long WatchId { get; set; }

    internal Action<ApiResponse, Outbox>? Watched { get; set; }

    /// <summary>The object of a key, or null.</summary>
    public ApiObject? Find(ObjectKey key) => _store.GetValueOrDefault(key);

    /// <summary>The object of a namespace and name, or null.</summary>
    public ApiObject? Find(string @namespace, string name) => Find(new ObjectKey(@namespace, name));

    internal void Replace(IReadOnlyList<ApiObject> items, ResourceVersion version, Outbox outbox)
    {
        ResourceVersion = version;
        var gone = new SortedSet<ObjectKey>(_store.Keys);
        foreach (ApiObject item in items)
        {
            gone.Remove(item.Key);
            Put(item, outbox);
        }

        foreach (ObjectKey key in gone)
        {
            Remove(key, null, outbox);
        }

        bool first = !HasSynced;
        HasSynced = true;
        if (first)
        {
            OnSynced?.Invoke(outbox);
        }

        OnBatchEnd?.Invoke(outbox);
    }

    internal void Take(IReadOnlyList<WatchEvent> events, Outbox outbox)
    {
        foreach (WatchEvent change in events)
        {
            ResourceVersion = change.ResourceVersion;
            switch (change)
            {
                case { Type: WatchEventType.Added or WatchEventType.Modified, Object: { } @object }:
                    Put(@object, outbox);
                    break;
                case { Type: WatchEventType.Deleted, Object: { } @object }:
                    Remove(@object.Key, @object, outbox);
                    break;
            }
        }

        OnBatchEnd?.Invoke(outbox);
    }

    private void Put(ApiObject @object, Outbox outbox)
    {
        ApiObject? before = _store.GetValueOrDefault(@object.Key);
        if (before is null)
        {
            _store.Add(@object.Key, @object);
            OnAdd?.Invoke(@object, outbox);
        }
        else if (before.Uid != @object.Uid)
        {
            _store[@object.Key] = @object;
            OnDelete?.Invoke(before, outbox);
            OnAdd?.Invoke(@object, outbox);
        }
        else if (before.ResourceVersion != @object.ResourceVersion)
        {
            _store[@object.Key] = @object;
            OnUpdate?.Invoke(before, @object, outbox);
        }
    }

    private void Remove(ObjectKey key, ApiObject? last, Outbox outbox)
    {
        if (_store.Remove(key, out ApiObject? before))
        {
            OnDelete?.Invoke(last ?? before, outbox);
        }
    }
}
