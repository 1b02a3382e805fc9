using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer.Storage;

/// <summary>An object's place in the store.</summary>
internal sealed class StoredObject(string subject, ApiObject @object)
{
    /// <summary>The key as the journal writes it: <c>pods/default/web-0</c>.</summary>
    public string Subject { get; } = subject;

    /// <summary>The newest version.</summary>
    public ApiObject Object { get; set; } = @object;
}

/// <summary>What a list answers.</summary>
/// <param name="Items">The objects by namespace and name; shared by all who ask the same before the next write.</param>
/// <param name="Bytes">About how many bytes they have.</param>
internal sealed record ListedObjects(IReadOnlyList<ApiObject> Items, int Bytes);

/// <summary>All objects of one type, with pods also found by their node.</summary>
internal sealed class ObjectTable(ResourceType type, int historyLengthMax)
{
    private const int CachedListsMax = 64;

    private readonly SortedDictionary<ObjectKey, StoredObject> _objects = [];
    private readonly Dictionary<string, SortedSet<ObjectKey>> _byNode = [];
    private readonly Dictionary<string, ListedObjects> _lists = [];

    public ResourceType Type { get; } = type;

    public ChangeHistory History { get; } = new(historyLengthMax);

    public int Count => _objects.Count;

    public IEnumerable<ApiObject> All => _objects.Values.Select(o => o.Object);

    public StoredObject? Find(ObjectKey key) => _objects.GetValueOrDefault(key);

    /// <summary>Puts a version of an object in its place and gives the place.</summary>
    public StoredObject Put(ApiObject @object)
    {
        _lists.Clear();
        ObjectKey key = @object.Key;
        if (_objects.TryGetValue(key, out StoredObject? stored))
        {
            MoveNode(key, NodeOf(stored.Object), NodeOf(@object));
            stored.Object = @object;
            return stored;
        }

        stored = new StoredObject($"{Type.Plural}/{key}", @object);
        _objects.Add(key, stored);
        MoveNode(key, "", NodeOf(@object));
        return stored;
    }

    public StoredObject? Remove(ObjectKey key)
    {
        _lists.Clear();
        if (_objects.Remove(key, out StoredObject? stored))
        {
            MoveNode(key, NodeOf(stored.Object), "");
        }

        return stored;
    }

    /// <summary>The objects of a scope.</summary>
    public ListedObjects List(ListScope scope)
    {
        if (WatchIndex.NodeOf(scope) is { } node)
        {
            return Collect(_byNode.TryGetValue(node, out SortedSet<ObjectKey>? keys) ? keys.Select(Get) : [], scope);
        }

        if (WatchIndex.NameOf(scope) is { } name && (scope.Namespace is not null || !Type.IsNamespaced))
        {
            // Checked just above.
            StoredObject? one = Find(new ObjectKey(Type.IsNamespaced ? scope.Namespace! : "", name));
            return Collect(one is null ? [] : [one.Object], scope);
        }

        string text = scope.ToString();
        if (!_lists.TryGetValue(text, out ListedObjects? listed))
        {
            listed = Collect(All, scope);
            if (_lists.Count == CachedListsMax)
            {
                _lists.Clear();
            }

            _lists.Add(text, listed);
        }

        return listed;
    }

    private static ListedObjects Collect(IEnumerable<ApiObject> candidates, ListScope scope)
    {
        var items = new List<ApiObject>();
        int bytes = 0;
        foreach (ApiObject candidate in candidates)
        {
            if (scope.Matches(candidate))
            {
                items.Add(candidate);
                bytes += candidate.EstimatedBytes;
            }
        }

        return new ListedObjects(items, bytes);
    }

    private ApiObject Get(ObjectKey key) => _objects[key].Object;

    private string NodeOf(ApiObject @object) => Type == ResourceTypes.Pods ? WatchIndex.NodeOf(@object) : "";

    private void MoveNode(ObjectKey key, string from, string to)
    {
        if (from == to)
        {
            return;
        }

        if (from.Length > 0 && _byNode.TryGetValue(from, out SortedSet<ObjectKey>? left))
        {
            left.Remove(key);
            if (left.Count == 0)
            {
                _byNode.Remove(from);
            }
        }

        if (to.Length > 0)
        {
            if (!_byNode.TryGetValue(to, out SortedSet<ObjectKey>? entered))
            {
                _byNode.Add(to, entered = []);
            }

            entered.Add(key);
        }
    }
}
