using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>
/// A map from text to text as it stands in a document: labels, annotations, a node selector. Costs nothing to make.
/// </summary>
/// <param name="Json">The object; null is no labels.</param>
public readonly record struct LabelSet(JsonObject? Json)
{
    /// <summary>No labels.</summary>
    public static readonly LabelSet Empty = new(null);

    /// <summary>How many there are.</summary>
    public int Count => Json?.Pairs.Count ?? 0;

    /// <summary>The value of a key, or null.</summary>
    public string? this[string key] => (Json?.Find(key) as JsonString)?.Value;

    /// <summary>Whether the key is there.</summary>
    public bool Contains(string key) => Json?.Find(key) is not null;

    /// <summary>The pairs in the order they were written.</summary>
    public IEnumerable<KeyValuePair<string, string>> Pairs
    {
        get
        {
            foreach (KeyValuePair<string, JsonValue> pair in Json?.Pairs ?? [])
            {
                yield return KeyValuePair.Create(pair.Key, pair.Value.AsString ?? "");
            }
        }
    }
}
