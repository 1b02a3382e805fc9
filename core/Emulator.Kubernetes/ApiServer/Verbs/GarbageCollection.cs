using Emulator.Core.Actors;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.ApiServer.Storage;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>Deletes what lost all its owners, and what stands in a namespace that is to end.</summary>
/// <remarks>
/// Does the work of Kubernetes' garbage collector and namespace controller. An object goes when its last owner goes;
/// an owner in foreground deletion goes when nothing names it any more (whether or not it blocks, which is stricter
/// than upstream).
/// </remarks>
internal sealed class GarbageCollection(Registry registry)
{
    public bool HasWork => registry.Orphaned.Count > 0 || registry.Emptied.Count > 0;

    /// <summary>Does what is waiting now; what that brings about waits for the next time.</summary>
    public void Collect(Outbox outbox)
    {
        for (int i = registry.Orphaned.Count; i > 0; i--)
        {
            CollectDependents(registry.Orphaned.Dequeue(), outbox);
        }

        for (int i = registry.Emptied.Count; i > 0; i--)
        {
            EmptyNamespace(registry.Emptied.Dequeue(), outbox);
        }
    }

    private void CollectDependents(string uid, Outbox outbox)
    {
        ObjectStore store = registry.Store;
        ApiObject? owner = store.Ownership.Find(uid) is { } address ? store.Find(address.Type, address.Key) : null;
        if (owner is { IsTerminating: false })
        {
            return; // It lives after all: it was made after what it owns.
        }

        foreach (ObjectAddress dependent in store.Ownership.DependentsOf(uid))
        {
            if (store.Find(dependent.Type, dependent.Key) is { } @object && !HasLivingOwner(@object, uid))
            {
                Delete(@object, outbox);
            }
        }

        if (owner is not null && !store.Ownership.HasDependents(uid))
        {
            DeleteVerb.DependentsGone(registry, owner, outbox);
        }
    }

    private bool HasLivingOwner(ApiObject @object, string except)
    {
        foreach (OwnerReference owner in @object.OwnerReferences)
        {
            if (owner.Uid != except && registry.Store.Ownership.Find(owner.Uid) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private void EmptyNamespace(ObjectKey key, Outbox outbox)
    {
        if (registry.Store.Find(ResourceTypes.Namespaces, key) is not { IsTerminating: true } home)
        {
            return;
        }

        foreach (ObjectTable table in registry.Store.Tables)
        {
            if (!table.Type.IsNamespaced)
            {
                continue;
            }

            foreach (ApiObject @object in table.List(ListScope.InNamespace(key.Name)).Items)
            {
                if (!@object.IsTerminating)
                {
                    Delete(@object, outbox);
                }
            }
        }

        if (registry.Store.CountIn(key.Name) == 0 && home.Finalizers.Count == 0)
        {
            registry.Remove(home, outbox);
        }
    }

    private void Delete(ApiObject @object, Outbox outbox) => DeleteVerb.Apply(
        registry, new DeleteRequest(default, 0, @object.Type, @object.Key, null, @object.Uid), outbox);
}
