using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>One fault of a submitted object.</summary>
/// <param name="Reason">Such as <c>FieldValueInvalid</c>, <c>FieldValueRequired</c>.</param>
/// <param name="Field">The path, such as <c>spec.ports[0].nodePort</c>.</param>
/// <param name="Message">What is wrong, such as <c>Invalid value: 20: provided port is not in the valid
/// range</c>.</param>
public sealed record StatusCause(string Reason, string Field, string Message);

/// <summary>Why a request failed, as the API says it.</summary>
/// <remarks>Source: metav1.Status and k8s.io/apimachinery/pkg/api/errors, whose wording is followed.</remarks>
/// <param name="Code">The HTTP status code.</param>
/// <param name="Reason">The machine's word, such as <c>NotFound</c>.</param>
/// <param name="Message">The person's sentence.</param>
public sealed record ApiStatus(int Code, string Reason, string Message)
{
    /// <summary>The faults, for <c>Invalid</c>.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>The type that was asked for, or null.</summary>
    public ResourceType? Type { get; init; }

    /// <summary>The name that was asked for; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether the object or type does not exist.</summary>
    public bool IsNotFound => Reason == "NotFound";

    /// <summary>Whether an object of that name exists already.</summary>
    public bool IsAlreadyExists => Reason == "AlreadyExists";

    /// <summary>Whether somebody else wrote first.</summary>
    public bool IsConflict => Reason == "Conflict";

    /// <summary>Whether the history asked for is gone: list again.</summary>
    public bool IsExpired => Reason is "Expired" or "Gone";

    /// <summary>Whether no answer came: the session was cut. The write may have happened.</summary>
    public bool IsTimeout => Reason == "Timeout";

    /// <summary>404.</summary>
    public static ApiStatus NotFound(ResourceType type, string name) =>
        new(404, "NotFound", $"{type.QualifiedPlural} \"{name}\" not found") { Type = type, Name = name };

    /// <summary>409: the name is taken.</summary>
    public static ApiStatus AlreadyExists(ResourceType type, string name) =>
        new(409, "AlreadyExists", $"{type.QualifiedPlural} \"{name}\" already exists") { Type = type, Name = name };

    /// <summary>409: the write was based on something old or contradicts the object's state.</summary>
    public static ApiStatus Conflict(ResourceType type, string name, string why) =>
        new(409, "Conflict",
            $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{name}\": {why}") { Type = type, Name = name };

    /// <summary>409: the resourceVersion is not the newest.</summary>
    public static ApiStatus Modified(ResourceType type, string name) => Conflict(
        type, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>422: the object breaks rules.</summary>
    public static ApiStatus Invalid(ResourceType type, string name, IReadOnlyList<StatusCause> causes)
    {
        string all = string.Join(", ", causes.Select(c => $"{c.Field}: {c.Message}"));
        string kind = type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}";
        return new ApiStatus(422, "Invalid", $"{kind} \"{name}\" is invalid: {(causes.Count == 1 ? all : $"[{all}]")}")
        {
            Type = type, Name = name, Causes = causes,
        };
    }

    /// <summary>400: the request makes no sense.</summary>
    public static ApiStatus BadRequest(string message) => new(400, "BadRequest", message);

    /// <summary>403: not allowed in the present state.</summary>
    public static ApiStatus Forbidden(ResourceType type, string name, string why) =>
        new(403, "Forbidden", $"{type.QualifiedPlural} \"{name}\" is forbidden: {why}") { Type = type, Name = name };

    /// <summary>405: the type does not know the verb.</summary>
    public static ApiStatus MethodNotSupported(ResourceType type, string verb) =>
        new(405, "MethodNotAllowed",
            $"{verb} is not supported on resources of kind \"{type.QualifiedPlural}\"") { Type = type };

    /// <summary>410: the history asked for is gone.</summary>
    public static ApiStatus Expired(ResourceVersion asked, ResourceVersion oldest) =>
        new(410, "Expired", $"too old resource version: {asked} ({oldest})");

    /// <summary>415: a form of patch that is not served.</summary>
    public static ApiStatus UnsupportedMediaType(string message) => new(415, "UnsupportedMediaType", message);

    /// <summary>500: nothing left to give out.</summary>
    public static ApiStatus InternalError(string message) =>
        new(500, "InternalError", $"Internal error occurred: {message}");

    /// <summary>504: the session with the API server was cut before the answer came.</summary>
    public static readonly ApiStatus Timeout =
        new(504, "Timeout",
            "the session with the API server was closed before it answered; the write may have happened");

    /// <summary>The <c>Status</c> object that HTTP answers carry.</summary>
    public JsonObject ToJson()
    {
        JsonObject details = JsonObject.Empty;
        if (Name.Length > 0)
        {
            details = details.With("name", Name);
        }

        if (Type is { } type)
        {
            details = type.Group.Length > 0 ? details.With("group", type.Group) : details;
            details = details.With("kind", Reason == "Invalid" ? type.Kind : type.Plural);
        }

        if (Causes.Count > 0)
        {
            details = details.With("causes", new JsonArray([.. Causes.Select(
                c => JsonObject.Of(("reason", c.Reason), ("message", c.Message), ("field", c.Field)))]));
        }

        return JsonObject.Of(
            ("kind", "Status"), ("apiVersion", "v1"), ("metadata", JsonObject.Empty), ("status", "Failure"),
            ("message", Message), ("reason", Reason), ("details", details), ("code", (long)Code));
    }
}
