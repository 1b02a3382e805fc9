using System.Collections.Concurrent;
using System.Collections.Immutable;
using Emulator.Core.Randomness;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>Where sets of one kind find each other.</summary>
/// <param name="same">Whether two items are the same version of the same thing.</param>
/// <param name="hash">A stable hash that is equal for such items.</param>
/// <typeparam name="T">The items.</typeparam>
public sealed class SharedSets<T>(Func<T, T, bool> same, Func<T, ulong> hash)
    where T : class
{
    /// <summary>How many sets are remembered; beyond it they are forgotten, which costs memory and never a
    /// result.</summary>
    private const int SetsMax = 1_024;

    private readonly ConcurrentDictionary<ulong, WeakReference<SharedSet<T>>> _known = new();
    private SharedSet<T>? _empty;

    /// <summary>The set of nothing.</summary>
    public SharedSet<T> Empty => _empty ??=
        Intern(ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal), 0);

    internal bool Same(T? left, T? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && same(left, right));

    internal ulong HashOf(string name, T? item) =>
        item is null ? 0 : StableHash.Combine(StableHash.Of(name), hash(item));

    internal SharedSet<T> Intern(ImmutableSortedDictionary<string, T> items, ulong contentHash)
    {
        if (_known.TryGetValue(contentHash, out WeakReference<SharedSet<T>>? reference)
            && reference.TryGetTarget(out SharedSet<T>? known) && HasSame(known, items))
        {
            return known;
        }

        if (_known.Count >= SetsMax)
        {
            _known.Clear();
        }

        var made = new SharedSet<T>(this, items, contentHash);
        _known[contentHash] = new WeakReference<SharedSet<T>>(made);
        return made;
    }

    private bool HasSame(SharedSet<T> known, ImmutableSortedDictionary<string, T> items) =>
        known.Count == items.Count
        && known.Pairs.Zip(items).All(p => p.First.Key == p.Second.Key && Same(p.First.Value, p.Second.Value));
}
