using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>Asks for an object's end: at once, or by a deletionTimestamp when somebody still has work to do.</summary>
/// <remarks>
/// Pods bound to a node get their grace period and end when the kubelet deletes them with grace 0. Objects with
/// finalizers end when the last is gone. A second request may shorten a grace period, never lengthen it.
/// </remarks>
internal static class DeleteVerb
{
    private const string ForegroundFinalizer = "foregroundDeletion";
    private static readonly string[] PhasePath = ["status", "phase"];

    public static ApiResult Apply(Registry registry, DeleteRequest request, Outbox outbox)
    {
        ApiObject? before = registry.Store.Find(request.Type, request.Key);
        if (before is null)
        {
            return ApiStatus.NotFound(request.Type, request.Key.Name);
        }

        if (request.Uid is { Length: > 0 } uid && uid != before.Uid)
        {
            return ApiStatus.Conflict(request.Type, request.Key.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Uid}");
        }

        if (request.GracePeriodSeconds is < 0)
        {
            return ApiStatus.BadRequest("gracePeriodSeconds must be greater than or equal to 0");
        }

        ApiObject @object = before;
        if (request.Propagation == DeletePropagation.Orphan)
        {
            Orphan(registry, before, outbox);
        }
        else if (request.Propagation == DeletePropagation.Foreground
            && registry.Store.Ownership.HasDependents(before.Uid))
        {
            @object = WithFinalizer(before);
            registry.Orphaned.Enqueue(before.Uid);
        }

        return Apply(registry, before, @object, request.GracePeriodSeconds, outbox);
    }

    /// <summary>Whether nothing keeps a terminating object any more.</summary>
    public static bool IsFinished(ApiObject @object) => @object.IsTerminating && @object.Finalizers.Count == 0
        && @object.DeletionGracePeriodSeconds is null or 0
        && @object.Type != ResourceTypes.Namespaces;

    /// <summary>Takes the foreground finalizer away once nothing depends on the object any more.</summary>
    public static void DependentsGone(Registry registry, ApiObject @object, Outbox outbox)
    {
        JsonValue[] left = [.. @object.Finalizers.Where(f => f.AsString != ForegroundFinalizer)];
        if (left.Length < @object.Finalizers.Count)
        {
            ApiObject after = registry.Put(@object, WithFinalizers(@object, left), outbox);
            if (IsFinished(after))
            {
                registry.Remove(after, outbox);
            }
        }
    }

    private static ApiResult Apply(Registry registry, ApiObject before, ApiObject @object, long? asked, Outbox outbox)
    {
        long grace = before.Type == ResourceTypes.Pods ? GraceOf(before, asked) : 0;
        bool isNamespace = before.Type == ResourceTypes.Namespaces;
        if (grace == 0 && @object.Finalizers.Count == 0 && !isNamespace)
        {
            return registry.Remove(before, outbox);
        }

        bool shortens = before.DeletionGracePeriodSeconds is { } running && grace < running;
        if (before.IsTerminating && !shortens && ReferenceEquals(before, @object))
        {
            return before;
        }

        JsonObject metadata = @object.Metadata;
        if (!before.IsTerminating || shortens)
        {
            metadata = metadata
                .With("deletionTimestamp", ModelClock.ToText(outbox.Now + SimDuration.FromSeconds(grace)))
                .With("deletionGracePeriodSeconds", grace);
        }

        @object = @object.WithMetadata(metadata);
        if (isNamespace)
        {
            @object = @object.With(PhasePath, "Terminating");
            registry.Emptied.Enqueue(before.Key);
        }

        return registry.Put(before, @object, outbox);
    }

    private static long GraceOf(ApiObject pod, long? asked)
    {
        var view = PodView.Of(pod);
        long grace = view.NodeName.Length == 0 || view.IsTerminal ? 0 : asked ?? view.TerminationGracePeriodSeconds;
        return pod.DeletionGracePeriodSeconds is { } running ? Math.Min(running, grace) : grace;
    }

    private static void Orphan(Registry registry, ApiObject owner, Outbox outbox)
    {
        foreach (Storage.ObjectAddress address in registry.Store.Ownership.DependentsOf(owner.Uid))
        {
            // The index names only stored objects.
            ApiObject dependent = registry.Store.Find(address.Type, address.Key)!;
            JsonValue[] left =
                [.. dependent.Metadata.Find("ownerReferences")!.Items.Where(o => o["uid"]?.AsString != owner.Uid)];
            JsonObject metadata = left.Length == 0
                ? dependent.Metadata.Without("ownerReferences")
                : dependent.Metadata.With("ownerReferences", new JsonArray(left));
            registry.Put(dependent, dependent.WithMetadata(metadata), outbox);
        }
    }

    private static ApiObject WithFinalizer(ApiObject @object) =>
        @object.Finalizers.Any(f => f.AsString == ForegroundFinalizer)
            ? @object : WithFinalizers(@object, [.. @object.Finalizers, ForegroundFinalizer]);

    private static ApiObject WithFinalizers(ApiObject @object, JsonValue[] finalizers) => @object.WithMetadata(
        finalizers.Length == 0
            ? @object.Metadata.Without("finalizers")
            : @object.Metadata.With("finalizers", new JsonArray(finalizers)));
}
