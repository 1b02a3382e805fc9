using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer.Watches;

/// <summary>The API server's end of a conversation with one client.</summary>
internal sealed class ClientSession(ActorRef client, ApiSession id)
{
    public ActorRef Client { get; } = client;

    public ApiSession Id { get; } = id;

    /// <summary>The last request that came; the next has the number after it.</summary>
    public long LastRequest { get; set; }

    /// <summary>When the client was heard last.</summary>
    public SimTime HeardAt { get; set; }

    /// <summary>The number of the last batch of events that went out.</summary>
    public long LastSequence { get; set; }

    /// <summary>The watches, in the order they began.</summary>
    public List<Watcher> Watchers { get; } = [];

    /// <summary>What goes out at the end of this instant.</summary>
    public List<WatchBatch> Outgoing { get; private set; } = [];

    /// <summary>Adds to what goes out.</summary>
    /// <param name="batch">What one watch hears.</param>
    /// <param name="touched">Gets this session if it had nothing to send before.</param>
    public void Add(WatchBatch batch, List<ClientSession> touched)
    {
        if (Outgoing.Count == 0)
        {
            touched.Add(this);
        }

        Outgoing.Add(batch);
    }

    /// <summary>What goes out, once.</summary>
    public WatchEvents TakeOutgoing()
    {
        var events = new WatchEvents(Id, ++LastSequence, Outgoing);
        Outgoing = [];
        return events;
    }
}

/// <summary>One watch of one client.</summary>
internal sealed class Watcher(ClientSession session, long watchId, WatchChannel channel)
{
    public ClientSession Session { get; } = session;

    public long WatchId { get; } = watchId;

    public WatchChannel Channel { get; } = channel;

    /// <summary>
    /// How many of the channel's pending events the watch has heard already, because it began in their midst.
    /// </summary>
    public int PendingHeard { get; set; }
}
