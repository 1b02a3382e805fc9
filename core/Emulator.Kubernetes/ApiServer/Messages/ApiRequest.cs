using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Messages;

/// <summary>
/// Anything that a client sends; answered by one <see cref="ApiResponse"/> of the same id, in the order of the ids,
/// so that either end notices at once when something was lost.
/// </summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">From 1 in each epoch, rising by one.</param>
public abstract record ClientMessage(ApiSession Session, long Id) : ApiMessage(Session);

/// <summary>Something that a client asks of the API server about one type of object.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Type">The type of object.</param>
public abstract record ApiRequest(ApiSession Session, long Id, ResourceType Type) : ClientMessage(Session, Id)
{
    /// <summary>What request line and headers weigh.</summary>
    protected const int HeaderBytes = 200;

    /// <inheritdoc/>
    public override int EstimatedBytes => HeaderBytes;
}

/// <summary>Makes an object.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Object">The object, with a name or <c>metadata.generateName</c>.</param>
public sealed record CreateRequest(ApiSession Session, long Id, ApiObject Object) : ApiRequest(Session, Id, Object.Type)
{
    /// <inheritdoc/>
    public override int EstimatedBytes => HeaderBytes + Object.EstimatedBytes;
}

/// <summary>Reads one object.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Type">The type of object.</param>
/// <param name="Key">Which.</param>
public sealed record GetRequest(
    ApiSession Session, long Id, ResourceType Type, ObjectKey Key) : ApiRequest(Session, Id, Type);

/// <summary>Reads many objects at one instant.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Type">The type of object.</param>
/// <param name="Scope">Which of the type.</param>
public sealed record ListRequest(
    ApiSession Session, long Id, ResourceType Type, ListScope Scope) : ApiRequest(Session, Id, Type);

/// <summary>Replaces an object, or only its status.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Object">The new one. A <c>resourceVersion</c> other than the newest gives 409; none writes
/// unconditionally.</param>
/// <param name="Status">Whether only <c>status</c> counts; otherwise <c>status</c> is ignored where the type has the
/// subresource.</param>
public sealed record UpdateRequest(
    ApiSession Session, long Id, ApiObject Object, bool Status) : ApiRequest(Session, Id, Object.Type)
{
    /// <inheritdoc/>
    public override int EstimatedBytes => HeaderBytes + Object.EstimatedBytes;
}

/// <summary>How a patch is to be understood.</summary>
public enum PatchType : byte
{
    /// <summary>RFC 6902: a list of operations.</summary>
    Json,

    /// <summary>RFC 7386: an object laid over the old one; null removes.</summary>
    Merge,

    /// <summary>Kubernetes' own: like merge, but known lists are merged by a key.</summary>
    Strategic,

    /// <summary>Server-side apply; refused with 415.</summary>
    Apply,
}

/// <summary>Changes parts of an object.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Type">The type of object.</param>
/// <param name="Key">Which.</param>
/// <param name="PatchType">How to understand the patch.</param>
/// <param name="Patch">The change. A <c>metadata.resourceVersion</c> in it is a condition.</param>
/// <param name="Status">Whether only <c>status</c> may change; otherwise <c>status</c> does not where the type has
/// the subresource.</param>
public sealed record PatchRequest(
    ApiSession Session, long Id, ResourceType Type, ObjectKey Key, PatchType PatchType, JsonValue Patch, bool Status)
    : ApiRequest(Session, Id, Type)
{
    /// <inheritdoc/>
    public override int EstimatedBytes => HeaderBytes + Patch.EstimatedLength;
}

/// <summary>Asks for an object's end.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Type">The type of object.</param>
/// <param name="Key">Which.</param>
/// <param name="GracePeriodSeconds">Pods: how long the containers have; null is the pod's own, 0 ends it at
/// once.</param>
/// <param name="Uid">Only if it is still this one; null is whichever.</param>
/// <param name="Propagation">What becomes of the objects that it owns.</param>
public sealed record DeleteRequest(
    ApiSession Session, long Id, ResourceType Type, ObjectKey Key, long? GracePeriodSeconds = null, string? Uid = null,
    DeletePropagation Propagation = DeletePropagation.Background)
    : ApiRequest(Session, Id, Type);

/// <summary>What becomes of the objects that a deleted object owns.</summary>
public enum DeletePropagation : byte
{
    /// <summary>They are deleted afterwards.</summary>
    Background,

    /// <summary>They stay, without their owner.</summary>
    Orphan,

    /// <summary>They are deleted first; the owner waits for those that block it.</summary>
    Foreground,
}

/// <summary>Binds a pod to a node: the scheduler's <c>pods/binding</c>.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Key">Which pod.</param>
/// <param name="Uid">Only if it is still this one; empty is whichever.</param>
/// <param name="NodeName">To which node.</param>
public sealed record BindRequest(ApiSession Session, long Id, ObjectKey Key, string Uid, string NodeName)
    : ApiRequest(Session, Id, ResourceTypes.Pods);

/// <summary>
/// Wants to hear of changes; answered by an empty response, then by <see cref="WatchEvents"/> until the session ends.
/// </summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number, which names the watch in its events.</param>
/// <param name="Type">The type of object.</param>
/// <param name="Scope">Which of the type.</param>
/// <param name="After">The last change already known: that of the list before. None first tells of all objects as
/// added.</param>
public sealed record WatchRequest(
    ApiSession Session, long Id, ResourceType Type, ListScope Scope, ResourceVersion After)
    : ApiRequest(Session, Id, Type);

/// <summary>Ends a watch.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
/// <param name="Type">The type of object.</param>
/// <param name="WatchId">The id of the watch request.</param>
public sealed record WatchStop(
    ApiSession Session, long Id, ResourceType Type, long WatchId) : ApiRequest(Session, Id, Type);

/// <summary>"Are you there?"; answered by an empty response.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
public sealed record SessionPing(ApiSession Session, long Id) : ClientMessage(Session, Id)
{
    /// <inheritdoc/>
    public override int EstimatedBytes => 17; // An HTTP/2 PING frame.
}
