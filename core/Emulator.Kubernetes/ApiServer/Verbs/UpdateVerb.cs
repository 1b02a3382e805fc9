using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Strategies;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>Replaces an object, or its status. A write that changes nothing is none: the version stays.</summary>
internal static class UpdateVerb
{
    private static readonly string[] SystemFields =
        ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
            "resourceVersion"];

    public static ApiResult Apply(Registry registry, ApiObject submitted, bool statusOnly, Outbox outbox)
    {
        ResourceType type = submitted.Type;
        string home = type.IsNamespaced && submitted.Namespace.Length == 0 ? "default" : submitted.Namespace;
        var key = new ObjectKey(home, submitted.Name);
        ApiObject? before = registry.Store.Find(type, key);
        if (before is null)
        {
            return ApiStatus.NotFound(type, submitted.Name);
        }

        if (submitted.Uid.Length > 0 && submitted.Uid != before.Uid)
        {
            return ApiStatus.Conflict(type, key.Name,
                $"Precondition failed: UID in precondition: {submitted.Uid}, UID in object meta: {before.Uid}");
        }

        if (submitted.ResourceVersion != ResourceVersion.None && submitted.ResourceVersion != before.ResourceVersion)
        {
            return ApiStatus.Modified(type, key.Name);
        }

        if (statusOnly)
        {
            return type.HasStatus ? Status(registry, before, submitted, outbox) : ApiStatus.NotFound(type, key.Name);
        }

        return Replace(registry, before, submitted, outbox);
    }

    private static ApiResult Status(Registry registry, ApiObject before, ApiObject submitted, Outbox outbox)
    {
        JsonValue? status = submitted.Json.Find("status");
        return Equals(status, before.Json.Find("status"))
            ? before
            : registry.Put(before, before.With(["status"], status), outbox);
    }

    private static ApiResult Replace(Registry registry, ApiObject before, ApiObject submitted, Outbox outbox)
    {
        ResourceType type = before.Type;
        ResourceStrategy strategy = registry.Strategies[type];
        ApiObject @object = submitted.WithMetadata(Metadata(before.Metadata, submitted.Metadata, type));
        if (type.HasStatus)
        {
            @object = @object.With(["status"], before.Json.Find("status"));
        }

        @object = strategy.PrepareForUpdate(before, strategy.Default(@object));
        if (@object.Json.Equals(before.Json))
        {
            return before;
        }

        var errors = new FieldErrors();
        MetadataRules.Validate(@object, strategy, errors);
        strategy.Validate(@object, errors);
        strategy.ValidateUpdate(before, @object, errors);
        if (before.IsTerminating && AddsFinalizer(before, @object))
        {
            errors.Forbidden("metadata.finalizers", "no new finalizers can be added if the object is being deleted");
        }

        if (errors.Causes.Count == 0)
        {
            @object = strategy.Allocate(before, @object, errors);
        }

        if (errors.Causes.Count > 0)
        {
            return ApiStatus.Invalid(type, before.Name, errors.Causes);
        }

        if (strategy.CountsGeneration && !Equals(@object.Json.Find("spec"), before.Json.Find("spec")))
        {
            @object = @object.WithMetadata(@object.Metadata.With("generation", before.Generation + 1));
        }

        ApiObject after = registry.Put(before, @object, outbox);
        return DeleteVerb.IsFinished(after) ? registry.Remove(after, outbox) : after;
    }

    private static JsonObject Metadata(JsonObject before, JsonObject submitted, ResourceType type)
    {
        if (ReferenceEquals(before, submitted))
        {
            return before;
        }

        JsonObject metadata =
            type.IsNamespaced && before.Find("namespace") is { } home ? submitted.With("namespace", home) : submitted;
        foreach (string field in SystemFields)
        {
            metadata = before.Find(field) is { } value ? metadata.With(field, value) : metadata.Without(field);
        }

        return metadata;
    }

    private static bool AddsFinalizer(ApiObject before, ApiObject after) =>
        after.Finalizers.Any(f => !before.Finalizers.Contains(f));
}
