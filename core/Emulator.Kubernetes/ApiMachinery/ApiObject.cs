using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>
/// An API object as it was written, whole: every field survives, known or not. It never changes; an edit is a new
/// object that shares all but the path that changed, so the store, its history and a thousand watchers may hold the
/// same one.
/// </summary>
public sealed class ApiObject
{
    private static readonly string[] LabelsPath = ["metadata", "labels"];
    private IReadOnlyList<OwnerReference>? _owners;
    private object? _view;

    /// <summary>Wraps a document. Its kind and apiVersion are set to the type's if they are missing.</summary>
    public ApiObject(ResourceType type, JsonObject json)
    {
        Type = type;
        Json = json.Find("kind") is null || json.Find("apiVersion") is null ? WithTypeFirst(type, json) : json;
        Metadata = json.Find("metadata") as JsonObject ?? JsonObject.Empty;
        Name = Metadata.Find("name")?.AsString ?? "";
        Namespace = type.IsNamespaced ? Metadata.Find("namespace")?.AsString ?? "" : "";
        ResourceVersion.TryParse(Metadata.Find("resourceVersion")?.AsString, out ResourceVersion version);
        ResourceVersion = version;
    }

    /// <summary>The type.</summary>
    public ResourceType Type { get; }

    /// <summary>The whole document.</summary>
    public JsonObject Json { get; }

    /// <summary><c>metadata</c>; empty when missing.</summary>
    public JsonObject Metadata { get; }

    /// <summary><c>metadata.name</c>; empty when missing.</summary>
    public string Name { get; }

    /// <summary><c>metadata.namespace</c>; empty when missing, and for objects that belong to none.</summary>
    public string Namespace { get; }

    /// <summary><c>metadata.resourceVersion</c>; none when missing or no number.</summary>
    public ResourceVersion ResourceVersion { get; }

    /// <summary>Namespace and name.</summary>
    public ObjectKey Key => new(Namespace, Name);

    /// <summary><c>metadata.uid</c>; empty when missing.</summary>
    public string Uid => Metadata.Find("uid")?.AsString ?? "";

    /// <summary><c>metadata.generation</c>: how often the spec changed; 0 when missing.</summary>
    public long Generation => Metadata.Find("generation")?.AsInt64 ?? 0;

    /// <summary><c>metadata.labels</c>.</summary>
    public LabelSet Labels => new(Metadata.Find("labels") as JsonObject);

    /// <summary><c>metadata.annotations</c>.</summary>
    public LabelSet Annotations => new(Metadata.Find("annotations") as JsonObject);

    /// <summary><c>metadata.finalizers</c>: who must let go before the object ends.</summary>
    public IReadOnlyList<JsonValue> Finalizers => Metadata.Find("finalizers")?.Items ?? [];

    /// <summary><c>metadata.ownerReferences</c>.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences => _owners ??=
        Metadata.Find("ownerReferences") is JsonArray { Elements.Count: > 0 } owners
            ? [.. owners.Elements.Select(OwnerReference.From)] : [];

    /// <summary>The controlling owner, or null.</summary>
    public OwnerReference? Controller
    {
        get
        {
            foreach (OwnerReference owner in OwnerReferences)
            {
                if (owner.IsController)
                {
                    return owner;
                }
            }

            return null;
        }
    }

    /// <summary><c>metadata.creationTimestamp</c> as text, or null.</summary>
    public string? CreationTimestamp => Metadata.Find("creationTimestamp")?.AsString;

    /// <summary><c>metadata.deletionTimestamp</c> as text: set once somebody asked for its end; null before.</summary>
    public string? DeletionTimestamp => Metadata.Find("deletionTimestamp")?.AsString;

    /// <summary>Whether its end was asked for.</summary>
    public bool IsTerminating => DeletionTimestamp is not null;

    /// <summary><c>metadata.deletionGracePeriodSeconds</c>, or null.</summary>
    public long? DeletionGracePeriodSeconds => Metadata.Find("deletionGracePeriodSeconds")?.AsInt64;

    /// <summary><c>spec</c>; empty when missing.</summary>
    public JsonObject Spec => Json.Find("spec") as JsonObject ?? JsonObject.Empty;

    /// <summary><c>status</c>; empty when missing.</summary>
    public JsonObject Status => Json.Find("status") as JsonObject ?? JsonObject.Empty;

    /// <summary>About how many bytes it has on the wire.</summary>
    public int EstimatedBytes => Json.EstimatedLength;

    /// <summary>Reads a document of any known type.</summary>
    /// <exception cref="FormatException">The apiVersion and kind are missing or not known.</exception>
    public static ApiObject From(JsonObject json)
    {
        string? apiVersion = json.Find("apiVersion")?.AsString;
        string? kind = json.Find("kind")?.AsString;
        return ResourceTypes.TryFind(apiVersion, kind, out ResourceType? type)
            ? new ApiObject(type, json)
            : throw new FormatException($"no matches for kind \"{kind}\" in version \"{apiVersion}\"");
    }

    /// <summary>An object with nothing but a name.</summary>
    public static ApiObject Named(ResourceType type, string @namespace, string name)
    {
        JsonObject metadata = JsonObject.Of(("name", name));
        return new ApiObject(
            type, JsonObject.Of(("metadata", type.IsNamespaced ? metadata.With("namespace", @namespace) : metadata)));
    }

    /// <summary>This object with the value at a path of member names replaced; null removes it.</summary>
    public ApiObject With(ReadOnlySpan<string> path, JsonValue? value) => new(Type, (JsonObject)Json.With(path, value));

    /// <summary>This object with another spec.</summary>
    public ApiObject WithSpec(JsonObject spec) => new(Type, Json.With("spec", spec));

    /// <summary>This object with another status.</summary>
    public ApiObject WithStatus(JsonObject status) => new(Type, Json.With("status", status));

    /// <summary>This object with other metadata.</summary>
    public ApiObject WithMetadata(JsonObject metadata) => new(Type, Json.With("metadata", metadata));

    /// <summary>This object with a label set; null removes it.</summary>
    public ApiObject WithLabel(string key, string? value) =>
        With([.. LabelsPath, key], value is null ? null : new JsonString(value));

    /// <summary>Whether an owner's reference names this object's controller.</summary>
    public bool IsControlledBy(ApiObject owner) => Controller is { } controller && controller.Uid == owner.Uid;

    /// <summary>
    /// The typed view of this object, made once and kept with it. <paramref name="read"/> must be pure.
    /// </summary>
    public T View<T>(Func<ApiObject, T> read)
        where T : class
    {
        if (_view is T kept)
        {
            return kept;
        }

        T made = read(this);
        _view = made;
        return made;
    }

    /// <summary><c>pods default/web-0</c>.</summary>
    public override string ToString() => $"{Type} {Key}";

    private static JsonObject WithTypeFirst(ResourceType type, JsonObject json) => JsonObject.Of(
    [
        KeyValuePair.Create<string, JsonValue>("apiVersion", type.ApiVersion),
        KeyValuePair.Create<string, JsonValue>("kind", type.Kind),
        .. json.Pairs,
    ]);
}
