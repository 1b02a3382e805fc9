using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.ApiServer.Storage;

namespace Emulator.Kubernetes.ApiServer.Watches;

/// <summary>The channels of one type: each stands in one place, by the narrowest thing that its scope pins.</summary>
internal sealed class ChannelIndex
{
    public List<WatchChannel> General { get; } = [];

    public Dictionary<string, List<WatchChannel>> ByNode { get; } = [];

    public Dictionary<string, List<WatchChannel>> ByName { get; } = [];

    public Dictionary<string, List<WatchChannel>> ByNamespace { get; } = [];

    /// <summary>Where the channel of a scope stands.</summary>
    public List<WatchChannel> PlaceOf(ListScope scope) => PlaceOf(scope, out _, out _);

    /// <summary>Forgets a channel.</summary>
    public void Drop(WatchChannel channel)
    {
        List<WatchChannel> place =
            PlaceOf(channel.Scope, out Dictionary<string, List<WatchChannel>>? index, out string value);
        place.Remove(channel);
        if (place.Count == 0)
        {
            index?.Remove(value);
        }
    }

    private List<WatchChannel> PlaceOf(
        ListScope scope, out Dictionary<string, List<WatchChannel>>? index, out string value)
    {
        string? node = WatchIndex.NodeOf(scope);
        string? name = WatchIndex.NameOf(scope);
        index =
            node is not null ? ByNode : name is not null ? ByName : scope.Namespace is not null ? ByNamespace : null;
        value = node ?? name ?? scope.Namespace ?? "";
        if (index is null)
        {
            return General;
        }

        if (!index.TryGetValue(value, out List<WatchChannel>? place))
        {
            index.Add(value, place = []);
        }

        return place;
    }
}
