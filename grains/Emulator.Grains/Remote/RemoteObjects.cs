using Emulator.Core.Canonical;
using Emulator.Engine.Distribution;
using Emulator.Grains.Actors;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Emulator.Grains.Remote;

/// <summary>The API server's objects, asked of its grain; a list is asked for once between two windows.</summary>
public sealed class RemoteObjects(
    IGrainFactory grains, RemoteEngine engine, OrleansShardTransport transport, IMessageCodec codec) : IObjectReader
{
    private readonly Dictionary<ResourceType, SortedDictionary<ObjectKey, ApiObject>> _lists = [];
    private long _windows = -1;

    /// <inheritdoc/>
    public ApiObject? Find(ResourceType type, ObjectKey key) => List(type).GetValueOrDefault(key);

    /// <inheritdoc/>
    public IEnumerable<ApiObject> All(ResourceType type) => List(type).Values;

    private SortedDictionary<ObjectKey, ApiObject> List(ResourceType type)
    {
        long windows = engine.Statistics.Windows;
        if (windows != _windows)
        {
            _lists.Clear();
            _windows = windows;
        }

        if (!_lists.TryGetValue(type, out SortedDictionary<ObjectKey, ApiObject>? list))
        {
            list = [];
            foreach (ApiObject one in ((ApiResponse)codec.Read(new CanonicalReader(engine.Ask(() => Ask(type))))).Items)
            {
                list.Add(one.Key, one);
            }

            _lists.Add(type, list);
        }

        return list;
    }

    private async Task<byte[]> Ask(ResourceType type)
    {
        try
        {
            Immutable<byte[]> bytes = await grains
                .GetGrain<IApiServerGrain>(ActorKinds.KeyOf(transport.RunKey, "api-server", incarnation: ""))
                .List(type.QualifiedPlural);
            return bytes.Value.Length > 0
                ? bytes.Value : throw new ShardLostException("the API server's silo has lost it");
        }
        catch (Exception broken) when (broken is OrleansException or TimeoutException)
        {
            throw new TimeoutException($"the API server does not answer ({broken.GetType().Name}).", broken);
        }
    }
}
