namespace Emulator.Core.Documents;

/// <summary>One document of a person's input, with the place that every field was read from.</summary>
/// <param name="content">The document as a JSON value.</param>
/// <param name="file">The file as the person named it; <c>-</c> for standard input.</param>
/// <param name="line">The document's first line, from 1.</param>
/// <param name="lines">The line of each field, by its <see cref="FieldPath"/>.</param>
/// <param name="place">Where it stands in the document that it is a part of; empty for a whole one.</param>
public sealed class ManifestDocument(
    JsonValue content, string file, int line, IReadOnlyDictionary<string, int> lines, string place = "")
{
    /// <summary>The document as a JSON value.</summary>
    public JsonValue Content { get; } = content;

    /// <summary>The file as the person named it; <c>-</c> for standard input.</summary>
    public string File { get; } = file;

    /// <summary>The document's first line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary><c>apiVersion</c>, or empty.</summary>
    public string ApiVersion => Content["apiVersion"]?.AsString ?? "";

    /// <summary><c>kind</c>, or empty.</summary>
    public string Kind => Content["kind"]?.AsString ?? "";

    /// <summary><c>metadata.name</c>, or empty.</summary>
    public string Name => Content.At("metadata", "name")?.AsString ?? "";

    /// <summary><c>metadata.namespace</c>, or empty.</summary>
    public string Namespace => Content.At("metadata", "namespace")?.AsString ?? "";

    /// <summary>The line of a field; of the nearest field above it that was written when it was not.</summary>
    public int LineOf(string path)
    {
        for (string at = path; at.Length > 0; at = FieldPath.Parent(at))
        {
            if (lines.TryGetValue(at, out int found))
            {
                return found;
            }
        }

        return Line;
    }

    /// <summary>An error at a field of this document.</summary>
    public ManifestError Error(string path, string message) =>
        new(File, LineOf(path), FieldPath.Below(place, path), message);

    /// <summary>One element of an array inside this document as a document of its own, with its lines.</summary>
    public ManifestDocument Element(string path, JsonValue element) => Inner(path, element, "");

    /// <summary>An object inside this document, whose errors name its place here.</summary>
    public ManifestDocument Part(string path, JsonObject part) => Inner(path, part, FieldPath.Below(place, path));

    private ManifestDocument Inner(string path, JsonValue content, string itsPlace)
    {
        var inner = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string place, int at) in lines)
        {
            if (place.StartsWith(path, StringComparison.Ordinal) && place.Length > path.Length)
            {
                inner[place[path.Length] == '.' ? place[(path.Length + 1)..] : place[path.Length..]] = at;
            }
        }

        return new ManifestDocument(content, File, LineOf(path), inner, itsPlace);
    }
}
