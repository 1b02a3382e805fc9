using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.ApiServer.Storage;

namespace Emulator.Kubernetes.ApiServer.Watches;

/// <summary>All watches of one type and scope: what they hear is made once and shared.</summary>
internal sealed class WatchChannel(ResourceType type, ListScope scope, string text)
{
    public ResourceType Type { get; } = type;

    public ListScope Scope { get; } = scope;

    /// <summary>The scope as text, which finds the channel.</summary>
    public string Text { get; } = text;

    public List<Watcher> Watchers { get; } = [];

    /// <summary>What happened in this instant.</summary>
    public List<WatchEvent> Pending { get; private set; } = [];

    /// <summary>Takes note of a write; true when this is the first of the instant.</summary>
    public bool Add(Change change)
    {
        if (change.For(Scope) is not { } heard)
        {
            return false;
        }

        Pending.Add(heard);
        return Pending.Count == 1;
    }

    /// <summary>Gives the instant's events to the watchers' sessions and begins the next instant.</summary>
    /// <param name="touched">Gets each session that had nothing to send before.</param>
    public void Flush(List<ClientSession> touched)
    {
        List<WatchEvent> events = Pending;
        Pending = [];
        int bytes = BytesOf(events);
        foreach (Watcher watcher in Watchers)
        {
            int heard = watcher.PendingHeard;
            watcher.PendingHeard = 0;
            if (heard == events.Count)
            {
                continue;
            }

            IReadOnlyList<WatchEvent> news = heard == 0 ? events : events.GetRange(heard, events.Count - heard);
            watcher.Session.Add(new WatchBatch(watcher.WatchId, news, heard == 0 ? bytes : BytesOf(news)), touched);
        }
    }

    public static int BytesOf(IReadOnlyList<WatchEvent> events)
    {
        const int EnvelopeBytes = 30; // {"type":"MODIFIED","object":…}
        int bytes = 0;
        for (int i = 0; i < events.Count; i++)
        {
            bytes += EnvelopeBytes + (events[i].Object?.EstimatedBytes ?? 0);
        }

        return bytes;
    }
}
