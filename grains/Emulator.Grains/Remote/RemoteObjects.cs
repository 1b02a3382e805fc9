using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Grains.Actors;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Orleans.Concurrency;

namespace Emulator.Grains.Remote;

/// <summary>The API server's objects, asked of its grain.</summary>
public sealed class RemoteObjects(IGrainFactory grains, IMessageCodec codec) : IObjectReader
{
    /// <inheritdoc/>
    public ApiObject? Find(ResourceType type, ObjectKey key) => All(type).FirstOrDefault(o => o.Key == key);

    /// <inheritdoc/>
    public IEnumerable<ApiObject> All(ResourceType type)
    {
        Immutable<byte[]> bytes = grains.GetGrain<IApiServerGrain>("api-server").List(type.QualifiedPlural)
            .GetAwaiter().GetResult();
        return ((ApiResponse)codec.Read(new CanonicalReader(bytes.Value, NoActors.Instance))).Items;
    }

    /// <summary>Objects name no actors.</summary>
    private sealed class NoActors : IActorDirectory
    {
        public static readonly NoActors Instance = new();

        public ActorRef Resolve(string machine, string name, string incarnation) =>
            throw new FormatException($"A list of objects names actor {name}.");
    }
}
