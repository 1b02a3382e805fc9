using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Strategies;

namespace Emulator.Kubernetes.ApiServer.Verbs;

/// <summary>Makes an object: name, defaults, checks, allocation, UID.</summary>
internal static class CreateVerb
{
    private const int NameTriesMax = 8;
    private const int GeneratedPrefixLengthMax = 58; // With the suffix a name stays a DNS label.

    /// <param name="registry">The API server's state.</param>
    /// <param name="submitted">What was sent.</param>
    /// <param name="trusted">Whether a status is kept: objects that are there from the start.</param>
    /// <param name="outbox">Time and journal.</param>
    public static ApiResult Apply(Registry registry, ApiObject submitted, bool trusted, Outbox outbox)
    {
        if (submitted.ResourceVersion != ResourceVersion.None)
        {
            return ApiStatus.BadRequest("resourceVersion should not be set on objects to be created");
        }

        ResourceType type = submitted.Type;
        ResourceStrategy strategy = registry.Strategies[type];
        string home = !type.IsNamespaced ? "" : submitted.Namespace.Length == 0 ? "default" : submitted.Namespace;
        string name = Name(registry, submitted, home);
        if (HomeProblem(registry, type, home, name) is { } homeless)
        {
            return homeless;
        }

        if (name.Length > 0 && registry.Store.Find(type, new ObjectKey(home, name)) is not null)
        {
            return ApiStatus.AlreadyExists(type, name);
        }

        JsonObject metadata = submitted.Metadata.With("name", name);
        metadata = type.IsNamespaced ? metadata.With("namespace", home) : metadata.Without("namespace");
        ApiObject @object =
            submitted.WithMetadata(metadata.Without("deletionTimestamp").Without("deletionGracePeriodSeconds"));
        JsonObject? status = @object.Json.Find("status") as JsonObject;
        bool keepsStatus = trusted || strategy.KeepsSubmittedStatus || !type.HasStatus;
        @object = keepsStatus ? @object : @object.With(["status"], null);

        @object = strategy.PrepareForCreate(strategy.Default(@object));
        @object = trusted && status is not null ? @object.WithStatus(status) : @object;
        var errors = new FieldErrors();
        MetadataRules.Validate(@object, strategy, errors);
        strategy.Validate(@object, errors);
        if (errors.Causes.Count == 0)
        {
            @object = strategy.Allocate(null, @object, errors);
        }

        if (errors.Causes.Count > 0)
        {
            return ApiStatus.Invalid(type, name, errors.Causes);
        }

        metadata =
            @object.Metadata.With("uid", registry.NextUid()).With("creationTimestamp", ModelClock.ToText(outbox.Now));
        metadata = strategy.CountsGeneration && @object.Json.Find("spec") is not null
            ? metadata.With("generation", 1) : metadata.Without("generation");
        ApiObject made = registry.Put(null, @object.WithMetadata(metadata), outbox);
        if (type == ResourceTypes.Events)
        {
            registry.Events.Written(made, registry, outbox);
        }

        return made;
    }

    private static string Name(Registry registry, ApiObject submitted, string home)
    {
        string? prefix = submitted.Metadata.Find("generateName")?.AsString;
        if (submitted.Name.Length > 0 || string.IsNullOrEmpty(prefix))
        {
            return submitted.Name;
        }

        prefix = prefix.Length > GeneratedPrefixLengthMax ? prefix[..GeneratedPrefixLengthMax] : prefix;
        string name = prefix + registry.NextSuffix();
        for (int i = 1; i < NameTriesMax
            && registry.Store.Find(submitted.Type, new ObjectKey(home, name)) is not null; i++)
        {
            name = prefix + registry.NextSuffix();
        }

        return name;
    }

    private static ApiStatus? HomeProblem(Registry registry, ResourceType type, string home, string name)
    {
        if (!type.IsNamespaced)
        {
            return null;
        }

        ApiObject? found = registry.Store.Find(ResourceTypes.Namespaces, new ObjectKey("", home));
        return found is null ? ApiStatus.NotFound(ResourceTypes.Namespaces, home)
            : !found.IsTerminating ? null
            : ApiStatus.Forbidden(
                type, name, $"unable to create new content in namespace {home} because it is being terminated");
    }
}
