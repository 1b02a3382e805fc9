using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Dns;

/// <summary>The objects that names come from, kept so that a name or an address finds its own quickly.</summary>
internal sealed class ZoneIndex
{
    private readonly Dictionary<ObjectKey, ZoneService> _services = [];
    private readonly Dictionary<ObjectKey, ZoneSlice> _slices = [];
    private readonly Dictionary<ObjectKey, SortedSet<string>> _sliceNames = [];
    private readonly Dictionary<ZoneAddress, SortedSet<ObjectKey>> _servicesByAddress = [];
    private readonly Dictionary<ZoneAddress, SortedSet<ObjectKey>> _slicesByAddress = [];
    private readonly Dictionary<ObjectKey, ZoneAddress> _pods = [];
    private readonly Dictionary<(string Namespace, ZoneAddress Address), int> _podsByAddress = [];
    private readonly HashSet<string> _namespaces = [];

    /// <summary>How often anything changed: the zone's serial number.</summary>
    public uint Changes { get; private set; } = 1;

    public bool HasNamespace(string name) => _namespaces.Contains(name);

    public ZoneService? FindService(string @namespace, string name) =>
        _services.GetValueOrDefault(new ObjectKey(@namespace, name));

    /// <summary>The slices of a Service, by name.</summary>
    public IEnumerable<ZoneSlice> SlicesOf(ObjectKey service) =>
        _sliceNames.TryGetValue(service, out SortedSet<string>? names)
            ? names.Select(n => _slices[new ObjectKey(service.Namespace, n)])
            : [];

    /// <summary>The Services that have an address, by namespace and name.</summary>
    public IEnumerable<ObjectKey> ServicesAt(ZoneAddress address) =>
        _servicesByAddress.TryGetValue(address, out SortedSet<ObjectKey>? keys) ? keys : [];

    /// <summary>The endpoints that have an address, with their Services, by the slice's namespace and name.</summary>
    public IEnumerable<(ObjectKey Service, ZoneEndpoint Endpoint)> EndpointsAt(ZoneAddress address)
    {
        if (!_slicesByAddress.TryGetValue(address, out SortedSet<ObjectKey>? keys))
        {
            yield break;
        }

        foreach (ObjectKey key in keys)
        {
            ZoneSlice slice = _slices[key];
            foreach (ZoneEndpoint endpoint in slice.Endpoints)
            {
                if (endpoint.Address == address)
                {
                    yield return (slice.Service, endpoint);
                }
            }
        }
    }

    public bool HasPod(string @namespace, ZoneAddress address) => _podsByAddress.ContainsKey((@namespace, address));

    public void Put(ApiObject @object)
    {
        Remove(@object.Type, @object.Key);
        if (@object.Type == ResourceTypes.Services)
        {
            PutService(ZoneService.From(@object));
        }
        else if (@object.Type == ResourceTypes.EndpointSlices)
        {
            PutSlice(@object.Key, ZoneSlice.From(@object));
        }
        else if (@object.Type == ResourceTypes.Namespaces)
        {
            _namespaces.Add(@object.Name);
        }
        else if (@object.Type == ResourceTypes.Pods)
        {
            PutPod(@object);
        }
        else
        {
            throw new ArgumentException($"DNS has no use for {@object}");
        }
    }

    public void Remove(ResourceType type, ObjectKey key)
    {
        Changes++;
        if (type == ResourceTypes.Services && _services.Remove(key, out ZoneService? service))
        {
            foreach (ZoneAddress address in service.ClusterIPs)
            {
                Drop(_servicesByAddress, address, key);
            }
        }
        else if (type == ResourceTypes.EndpointSlices && _slices.Remove(key, out ZoneSlice? slice))
        {
            Drop(_sliceNames, slice.Service, key.Name);
            foreach (ZoneEndpoint endpoint in slice.Endpoints)
            {
                Drop(_slicesByAddress, endpoint.Address, key);
            }
        }
        else if (type == ResourceTypes.Namespaces)
        {
            _namespaces.Remove(key.Name);
        }
        else if (type == ResourceTypes.Pods && _pods.Remove(key, out ZoneAddress address))
        {
            int left = _podsByAddress[(key.Namespace, address)] - 1;
            _podsByAddress[(key.Namespace, address)] = left;
            if (left == 0)
            {
                _podsByAddress.Remove((key.Namespace, address));
            }
        }
    }

    private void PutService(ZoneService service)
    {
        _services.Add(service.Key, service);
        foreach (ZoneAddress address in service.ClusterIPs)
        {
            Keep(_servicesByAddress, address, service.Key);
        }
    }

    private void PutSlice(ObjectKey key, ZoneSlice slice)
    {
        _slices.Add(key, slice);
        Keep(_sliceNames, slice.Service, key.Name);
        foreach (ZoneEndpoint endpoint in slice.Endpoints)
        {
            Keep(_slicesByAddress, endpoint.Address, key);
        }
    }

    private void PutPod(ApiObject pod)
    {
        if (ZoneAddress.TryParse(pod.Json.At("status", "podIP")?.AsString, out ZoneAddress address))
        {
            _pods.Add(pod.Key, address);
            (string, ZoneAddress) place = (pod.Namespace, address);
            _podsByAddress[place] = _podsByAddress.GetValueOrDefault(place) + 1;
        }
    }

    private static void Keep<TKey, TValue>(Dictionary<TKey, SortedSet<TValue>> index, TKey key, TValue value)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out SortedSet<TValue>? values))
        {
            values = typeof(TValue) == typeof(string)
                ? (SortedSet<TValue>)(object)new SortedSet<string>(StringComparer.Ordinal)
                : [];
            index.Add(key, values);
        }

        values.Add(value);
    }

    private static void Drop<TKey, TValue>(Dictionary<TKey, SortedSet<TValue>> index, TKey key, TValue value)
        where TKey : notnull
    {
        if (index.TryGetValue(key, out SortedSet<TValue>? values) && values.Remove(value) && values.Count == 0)
        {
            index.Remove(key);
        }
    }
}
