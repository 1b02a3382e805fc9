using System.Collections.Immutable;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>
/// An immutable set of named items, as one watcher has seen them so far. Watchers that have seen the same hold the same
/// object, so what is computed from it is computed once for all of them.
/// </summary>
/// <remarks>
/// Sharing is a matter of memory and speed alone: a set is a pure function of its items. Each set remembers the last
/// step that led on from it, which is the one that all other watchers take too; sets that were reached on different
/// ways (by a list and by single events) are found by a hash of their content and compared.
/// </remarks>
/// <typeparam name="T">The items.</typeparam>
public sealed class SharedSet<T>
    where T : class
{
    private readonly SharedSets<T> _sets;
    private readonly ImmutableSortedDictionary<string, T> _items;
    private readonly ulong _hash;
    private Step? _lastStep;

    internal SharedSet(SharedSets<T> sets, ImmutableSortedDictionary<string, T> items, ulong hash)
    {
        _sets = sets;
        _items = items;
        _hash = hash;
    }

    /// <summary>How many items.</summary>
    public int Count => _items.Count;

    /// <summary>The items, ordered by name (ordinal).</summary>
    public IEnumerable<T> Items => _items.Values;

    /// <summary>The items with their names, ordered by name (ordinal).</summary>
    public IEnumerable<KeyValuePair<string, T>> Pairs => _items;

    internal ulong Hash => _hash;

    /// <summary>The item of a name, or null.</summary>
    public T? Find(string name) => _items.GetValueOrDefault(name);

    /// <summary>This set with an item put in place of the one with its name; null removes it.</summary>
    public SharedSet<T> With(string name, T? item)
    {
        _items.TryGetValue(name, out T? old);
        if (_sets.Same(old, item))
        {
            return this;
        }

        Step? last = _lastStep;
        if (last is not null && last.Name == name && _sets.Same(last.Item, item)
            && last.Result.TryGetTarget(out SharedSet<T>? known))
        {
            return known;
        }

        ulong hash = _hash - _sets.HashOf(name, old) + _sets.HashOf(name, item);
        SharedSet<T> next = _sets.Intern(item is null ? _items.Remove(name) : _items.SetItem(name, item), hash);
        _lastStep = new Step(name, item, new WeakReference<SharedSet<T>>(next));
        return next;
    }

    /// <summary>The result is held weakly: a set that nobody is at any more must not keep all that came after
    /// it.</summary>
    private sealed record Step(string Name, T? Item, WeakReference<SharedSet<T>> Result);
}
