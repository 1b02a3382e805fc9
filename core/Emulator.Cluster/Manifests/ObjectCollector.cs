using Emulator.Cluster.Reading;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Cluster.Manifests;

/// <summary>Turns documents into API objects and finds those that contradict each other.</summary>
internal sealed class ObjectCollector(List<ManifestError> errors)
{
    private readonly List<InputObject> _objects = [];
    private readonly Dictionary<(ResourceType Type, ObjectKey Key), ManifestDocument> _places = [];

    /// <summary>What is not acted on.</summary>
    public NotModelled NotModelled { get; } = new();

    /// <summary>Adds a document's object, or says what is wrong with it.</summary>
    public void Add(ManifestDocument document)
    {
        if (!ResourceTypes.TryFind(document.ApiVersion, document.Kind, out ResourceType? type))
        {
            ReportWrongVersion(document);
            NotModelled.Add(document.Kind, document.Content);
            return;
        }

        if (!HasName(document))
        {
            return;
        }

        JsonObject json = (JsonObject)document.Content; // The reader refuses documents that are no objects.
        if (type.IsNamespaced && document.Namespace.Length == 0)
        {
            json = (JsonObject)json.With(["metadata", "namespace"], "default");
        }

        var made = new ApiObject(type, json);
        if (made.Name.Length > 0 && !_places.TryAdd((type, made.Key), document))
        {
            ManifestDocument first = _places[(type, made.Key)];
            errors.Add(document.Error("metadata.name", $"{type.Kind} {made.Key} is written twice, first in "
                + $"{first.File}:{first.Line}; keep one of the two."));
            return;
        }

        BehaviourAnnotations.Check(document, errors);
        BehaviourReader.Check(document, errors);
        NotModelled.Add(document.Kind, json);
        _objects.Add(new InputObject(made, document));
    }

    /// <summary>The objects: namespaces first, else as written.</summary>
    public IReadOnlyList<InputObject> InOrder() =>
        [.. _objects.OrderBy(o => o.Object.Type == ResourceTypes.Namespaces ? 0 : 1)];

    private bool HasName(ManifestDocument document)
    {
        JsonValue? name = document.Content.At("metadata", "name");
        bool generated = document.Content.At("metadata", "generateName")?.AsString is { Length: > 0 };
        if (name is JsonString { Value.Length: > 0 } || (name is null && generated))
        {
            return true;
        }

        errors.Add(document.Error("metadata.name", name is null or JsonNull
            ? $"is missing; give the {document.Kind} a name."
            : $"{name} is not a name; write a text, quoted if it looks like a number."));
        return false;
    }

    private void ReportWrongVersion(ManifestDocument document)
    {
        ResourceType? other = ResourceTypes.All.FirstOrDefault(t => t.Kind == document.Kind);
        if (other is not null && ModelledFields.IsModelled(document.Kind))
        {
            errors.Add(document.Error("apiVersion",
                $"'{document.ApiVersion}' has no kind {document.Kind}; write {other.ApiVersion}."));
        }
    }
}
