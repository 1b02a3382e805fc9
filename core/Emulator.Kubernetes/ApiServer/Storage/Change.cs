using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer.Storage;

/// <summary>One write, with its events made once for all who watch.</summary>
/// <param name="version">The write's number.</param>
/// <param name="before">The object before; null when it was made.</param>
/// <param name="after">The object after; null when it ended.</param>
internal sealed class Change(ResourceVersion version, ApiObject? before, ApiObject? after)
{
    private WatchEvent? _added;
    private WatchEvent? _modified;
    private WatchEvent? _deleted;

    public ResourceVersion Version { get; } = version;

    public ApiObject? Before { get; } = before;

    public ApiObject? After { get; } = after;

    /// <summary>The object that is meant.</summary>
    public ApiObject Object => After ?? Before!; // One of the two is always there.

    /// <summary>What a watch of this scope hears of the write; null is nothing.</summary>
    public WatchEvent? For(ListScope scope)
    {
        bool was = Before is not null && scope.Matches(Before);
        bool remains = After is not null && scope.Matches(After);
        return (was, remains) switch
        {
            (false, true) => _added ??= new WatchEvent(WatchEventType.Added, After, Version),
            (true, true) => _modified ??= new WatchEvent(WatchEventType.Modified, After, Version),
            (true, false) => Deleted,
            _ => null,
        };
    }

    /// <summary>The object as it was last, with the version of the write that ended it.</summary>
    public WatchEvent Deleted => _deleted ??= new WatchEvent(
        WatchEventType.Deleted,
        // Only where there was a before.
        Before!.WithMetadata(Before.Metadata.With("resourceVersion", Version.ToString())),
        Version);
}
