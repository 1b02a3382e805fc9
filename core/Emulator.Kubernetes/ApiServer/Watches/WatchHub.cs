using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.ApiServer.Storage;

namespace Emulator.Kubernetes.ApiServer.Watches;

/// <summary>Who hears of a write: channels found by node, name or namespace, without asking all of them.</summary>
internal sealed class WatchHub
{
    private readonly ChannelIndex[] _indexes = [.. ResourceTypes.All.Select(_ => new ChannelIndex())];
    private readonly List<WatchChannel> _pending = [];
    private readonly List<ClientSession> _touched = [];

    /// <summary>Whether something waits for the end of the instant.</summary>
    public bool HasPending => _pending.Count > 0 || _touched.Count > 0;

    /// <summary>Takes note of a write.</summary>
    public void Publish(Change change)
    {
        ChannelIndex index = _indexes[change.Object.Type.Index];
        Offer(index.General, change);
        Offer(index.ByNamespace, change.Object.Namespace, change);
        Offer(index.ByName, change.Object.Name, change);
        if (index.ByNode.Count > 0)
        {
            string before = change.Before is null ? "" : WatchIndex.NodeOf(change.Before);
            string after = change.After is null ? "" : WatchIndex.NodeOf(change.After);
            Offer(index.ByNode, before, change);
            if (after != before)
            {
                Offer(index.ByNode, after, change);
            }
        }
    }

    /// <summary>Begins a watch.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="watchId">The request's number.</param>
    /// <param name="type">The type of object.</param>
    /// <param name="scope">Which of the type.</param>
    /// <param name="missed">What happened between the client's list and now.</param>
    public void Watch(ClientSession session, long watchId, ResourceType type, ListScope scope, List<WatchEvent> missed)
    {
        List<WatchChannel> place = _indexes[type.Index].PlaceOf(scope);
        string text = scope.ToString();
        WatchChannel? channel = place.Find(c => c.Text == text);
        if (channel is null)
        {
            place.Add(channel = new WatchChannel(type, scope, text));
        }

        var watcher = new Watcher(session, watchId, channel) { PendingHeard = channel.Pending.Count };
        channel.Watchers.Add(watcher);
        session.Watchers.Add(watcher);
        if (missed.Count > 0)
        {
            session.Add(new WatchBatch(watchId, missed, WatchChannel.BytesOf(missed)), _touched);
        }
    }

    /// <summary>Ends a watch.</summary>
    public void Stop(Watcher watcher)
    {
        watcher.Session.Watchers.Remove(watcher);
        WatchChannel channel = watcher.Channel;
        channel.Watchers.Remove(watcher);
        if (channel.Watchers.Count == 0)
        {
            _pending.Remove(channel);
            _indexes[channel.Type.Index].Drop(channel);
        }
    }

    /// <summary>Ends all watches of a session; what it had to send is forgotten.</summary>
    public void Close(ClientSession session)
    {
        while (session.Watchers.Count > 0)
        {
            Stop(session.Watchers[^1]);
        }

        _touched.Remove(session);
    }

    /// <summary>Tells all watches of a session which version they have reached.</summary>
    public void Bookmark(ClientSession session, ResourceVersion version)
    {
        WatchEvent[] bookmark = [new WatchEvent(WatchEventType.Bookmark, null, version)];
        int bytes = WatchChannel.BytesOf(bookmark);
        foreach (Watcher watcher in session.Watchers)
        {
            session.Add(new WatchBatch(watcher.WatchId, bookmark, bytes), _touched);
        }
    }

    /// <summary>Ends the instant: the sessions that have something to send, each once.</summary>
    public List<ClientSession> Flush()
    {
        foreach (WatchChannel channel in _pending)
        {
            channel.Flush(_touched);
        }

        _pending.Clear();
        List<ClientSession> touched = [.. _touched];
        _touched.Clear();
        return touched;
    }

    private void Offer(Dictionary<string, List<WatchChannel>> channels, string value, Change change)
    {
        if (value.Length > 0 && channels.TryGetValue(value, out List<WatchChannel>? found))
        {
            Offer(found, change);
        }
    }

    private void Offer(List<WatchChannel> channels, Change change)
    {
        foreach (WatchChannel channel in channels)
        {
            if (channel.Add(change))
            {
                _pending.Add(channel);
            }
        }
    }
}
