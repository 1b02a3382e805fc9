using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Messages;

/// <summary>The API server's answer to one request: an object, a list, or why not.</summary>
/// <param name="Session">Which conversation.</param>
/// <param name="Id">The request's number.</param>
public sealed record ApiResponse(ApiSession Session, long Id) : ApiMessage(Session)
{
    private const int HeaderBytes = 150;

    /// <summary>Why it failed; null when it did not.</summary>
    public ApiStatus? Error { get; init; }

    /// <summary>The object as it is now (for a delete: as it was last); null for lists and failures.</summary>
    public ApiObject? Object { get; init; }

    /// <summary>
    /// The objects of a list, by namespace and name; empty otherwise. Shared: other clients may hold the same list.
    /// </summary>
    public IReadOnlyList<ApiObject> Items { get; init; } = [];

    /// <summary>For a list: the last change that it shows. Watch after it.</summary>
    public ResourceVersion ResourceVersion { get; init; }

    /// <summary>The objects' bytes, given by who made the list.</summary>
    public int ItemsBytes { get; init; }

    /// <summary>Whether it succeeded.</summary>
    public bool Succeeded => Error is null;

    /// <inheritdoc/>
    public override int EstimatedBytes =>
        HeaderBytes + (Object?.EstimatedBytes ?? 0) + ItemsBytes + (Error?.Message.Length ?? 0);
}

/// <summary>The API server ended the conversation, or noticed that something was lost: open the next one.</summary>
/// <param name="Session">Which conversation.</param>
public sealed record SessionClosed(ApiSession Session) : ApiMessage(Session)
{
    /// <inheritdoc/>
    public override int EstimatedBytes => 17; // An HTTP/2 GOAWAY frame.
}
