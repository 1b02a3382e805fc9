using Emulator.Core.Canonical;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;
using Orleans.Concurrency;

namespace Emulator.Grains.Actors;

/// <summary>The API server.</summary>
public interface IApiServerGrain : IActorGrain
{
    /// <summary>
    /// All objects of a type, as one canonical <see cref="ApiResponse"/>; call while the run stands still.
    /// </summary>
    /// <returns>Empty where the grain has no API server any more: its silo has died.</returns>
    /// <param name="resource">The type's qualified plural, such as <c>deployments.apps</c>.</param>
    Task<Immutable<byte[]>> List(string resource);
}

/// <summary>Hosts <see cref="KubeApiServer"/>.</summary>
public sealed class ApiServerGrain(OfferedActors offered, IMessageCodec codec) : ActorGrain(offered), IApiServerGrain
{
    /// <inheritdoc/>
    public Task<Immutable<byte[]>> List(string resource)
    {
        if (Hosted is not KubeApiServer server)
        {
            return Task.FromResult(new Immutable<byte[]>([]));
        }

        ResourceType type = ResourceTypes.All.First(t => t.QualifiedPlural == resource);
        var writer = new CanonicalWriter();
        codec.Write(writer, new ApiResponse(default, 0)
        {
            Items = [.. server.All(type)],
            ResourceVersion = server.ResourceVersion,
        });
        return Task.FromResult(new Immutable<byte[]>(writer.ToArray()));
    }
}
