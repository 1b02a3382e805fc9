using Emulator.Core.Documents;

namespace Emulator.Cluster.Manifests;

/// <summary>What the input says and the emulator does not act on: kinds and fields, each counted. Never
/// silent.</summary>
public sealed class NotModelled
{
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _fields = new(StringComparer.Ordinal);

    /// <summary>Kinds that are only stored, or not even known, with how many objects there are.</summary>
    public IReadOnlyDictionary<string, int> Kinds => _kinds;

    /// <summary>Fields of modelled kinds that are only stored, with how often they are written.</summary>
    public IReadOnlyDictionary<string, int> Fields => _fields;

    /// <summary>Counts what of an object is not modelled.</summary>
    public void Add(string kind, JsonValue content)
    {
        if (!ModelledFields.IsModelled(kind))
        {
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            return;
        }

        foreach ((string name, JsonValue member) in content.Members)
        {
            Walk(kind, name, member);
        }
    }

    /// <summary>
    /// The summary line, or empty: <c>not modelled: 2 HorizontalPodAutoscaler; fields:
    /// Pod.spec.containers[].livenessProbe (3×)</c>.
    /// </summary>
    public override string ToString()
    {
        if (_kinds.Count + _fields.Count == 0)
        {
            return "";
        }

        string kinds = string.Join(", ", _kinds.Select(k => $"{k.Value} {k.Key}"));
        string fields = string.Join(", ", _fields.Select(f => $"{f.Key} ({f.Value}×)"));
        string separator = kinds.Length > 0 && fields.Length > 0 ? "; " : "";
        return $"not modelled: {kinds}{separator}{(fields.Length > 0 ? "fields: " : "")}{fields}";
    }

    private void Walk(string kind, string path, JsonValue value)
    {
        switch (ModelledFields.Of(kind, path))
        {
            case Modelling.No:
                string field = $"{kind}.{path}";
                _fields[field] = _fields.GetValueOrDefault(field) + 1;
                break;
            case Modelling.Part when value is JsonArray list:
                foreach (JsonValue element in list.Elements)
                {
                    foreach ((string name, JsonValue member) in element.Members)
                    {
                        Walk(kind, $"{path}[].{name}", member);
                    }
                }

                break;
            case Modelling.Part:
                foreach ((string name, JsonValue member) in value.Members)
                {
                    Walk(kind, FieldPath.Member(path, name), member);
                }

                break;
        }
    }
}
