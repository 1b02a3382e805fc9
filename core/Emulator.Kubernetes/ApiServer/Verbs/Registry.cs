using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Storage;
using Emulator.Kubernetes.ApiServer.Strategies;
using Emulator.Kubernetes.ApiServer.Watches;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>
/// The API server's state, and the one place where a write becomes true: store, watches, journal, and what follows.
/// </summary>
internal sealed class Registry(ActorRef self, ApiServerOptions options)
{
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789"; // No vowels: no words.
    private const int SuffixLength = 5;

    private readonly Queue<string> _orphaned = new();
    private readonly Queue<ObjectKey> _emptied = new();
    private RandomStream _dice;
    private ulong _uids;

    public ActorRef Self { get; } = self;

    public ApiServerOptions Options { get; } = options;

    public ObjectStore Store { get; } = new(options.HistoryLengthMax);

    public WatchHub Hub { get; } = new();

    public ResourceStrategies Strategies => field ??= new ResourceStrategies(Store, Options);

    public EventRetention Events { get; } = new(options);

    /// <summary>UIDs that ended, or never lived, although objects name them as owner.</summary>
    public Queue<string> Orphaned => _orphaned;

    /// <summary>Namespaces that are terminating and may be empty now.</summary>
    public Queue<ObjectKey> Emptied => _emptied;

    /// <summary>Sets the dice that generated names come from.</summary>
    public void Seed(RandomStream dice) => _dice = dice;

    /// <summary>A UID that no other object of this server has, in the form of a version 4 UUID.</summary>
    public string NextUid()
    {
        ulong high = StableHash.Finish(StableHash.Combine(Self.Id.Value, ++_uids));
        ulong low = StableHash.Finish(StableHash.Combine(high, _uids));
        return $"{high >> 32:x8}-{(high >> 16) & 0xffff:x4}-4{high & 0xfff:x3}"
            + $"-{((low >> 48) & 0x3fff) | 0x8000:x4}-{low & 0xffff_ffff_ffff:x12}";
    }

    /// <summary>The five characters that a generated name ends with.</summary>
    public string NextSuffix() => string.Create(SuffixLength, this, static (text, registry) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = NameAlphabet[(int)registry._dice.NextBelow((uint)NameAlphabet.Length)];
        }
    });

    /// <summary>Writes a version of an object.</summary>
    public ApiObject Put(ApiObject? before, ApiObject @object, Outbox outbox)
    {
        Change change = Store.Put(before, @object, out StoredObject stored);
        ApiObject after = change.Object;
        if (before is null)
        {
            foreach (OwnerReference owner in after.OwnerReferences)
            {
                if (Store.Ownership.Find(owner.Uid) is null)
                {
                    _orphaned.Enqueue(owner.Uid);
                }
            }
        }

        Published(change, stored, outbox);
        return after;
    }

    /// <summary>Ends an object; gives it as it was last.</summary>
    public ApiObject Remove(ApiObject @object, Outbox outbox)
    {
        Change change = Store.Remove(@object, out StoredObject stored);
        Strategies[@object.Type].Release(@object);
        if (Store.Ownership.HasDependents(@object.Uid))
        {
            _orphaned.Enqueue(@object.Uid);
        }

        foreach (OwnerReference owner in @object.OwnerReferences)
        {
            // An owner in foreground deletion may have waited for this one, the last.
            if (!Store.Ownership.HasDependents(owner.Uid)
                && Store.Ownership.Find(owner.Uid) is { } address
                && Store.Find(address.Type, address.Key) is { IsTerminating: true })
            {
                _orphaned.Enqueue(owner.Uid);
            }
        }

        if (@object.Namespace.Length > 0 && Store.CountIn(@object.Namespace) == 0
            && Store.Find(
                ResourceTypes.Namespaces, new ObjectKey("", @object.Namespace)) is { IsTerminating: true } home)
        {
            _emptied.Enqueue(home.Key);
        }

        Published(change, stored, outbox);
        return change.Deleted.Object!; // A deletion's event always has the object.
    }

    private void Published(Change change, StoredObject stored, Outbox outbox)
    {
        Hub.Publish(change);
        outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = outbox.Now.Nanoseconds,
            Actor = Self,
            Subject = stored.Subject,
            A = change.Version.Value,
            Kind = JournalKind.ObjectWritten,
        });
    }
}
