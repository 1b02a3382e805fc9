using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Messages;

/// <summary>What happened to an object, as a watch sees it.</summary>
public enum WatchEventType : byte
{
    /// <summary>It came into the watch's scope.</summary>
    Added,

    /// <summary>It changed inside the scope.</summary>
    Modified,

    /// <summary>
    /// It left the scope, or the API. The object is as it was last inside, with the version of the change.
    /// </summary>
    Deleted,

    /// <summary>Nothing happened up to a version: resume from there.</summary>
    Bookmark,
}

/// <summary>One change, shared by all who watch it.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; null for bookmarks.</param>
/// <param name="ResourceVersion">The change.</param>
public sealed record WatchEvent(WatchEventType Type, ApiObject? Object, ResourceVersion ResourceVersion);

/// <summary>What one watch hears.</summary>
/// <param name="WatchId">The id of the watch request.</param>
/// <param name="Events">In order; the list is shared by all watches of the same scope.</param>
/// <param name="EventsBytes">About how many bytes they have.</param>
public readonly record struct WatchBatch(long WatchId, IReadOnlyList<WatchEvent> Events, int EventsBytes);

/// <summary>All that a client's watches have to hear of one instant.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Sequence">Rising by one from 1 with each of a session's batches, so that a lost one is noticed.</param>
/// <param name="Batches">One for each watch that has something to hear, in a fixed order.</param>
public sealed record WatchEvents(
    ApiSession Session, long Sequence, IReadOnlyList<WatchBatch> Batches) : ApiMessage(Session)
{
    private const int FrameBytes = 60;

    /// <inheritdoc/>
    public override int EstimatedBytes
    {
        get
        {
            int bytes = 0;
            foreach (WatchBatch batch in Batches)
            {
                bytes += FrameBytes + batch.EventsBytes;
            }

            return bytes;
        }
    }
}
