using Emulator.Core.Documents;

namespace Emulator.Engine.Manifests;

/// <summary>Turns a list of objects (<c>kind: List</c>, <c>DeploymentList</c> …) into its objects, and checks that each
/// is one.</summary>
internal static class ObjectList
{
    /// <summary>Adds the document, or the elements of the list that it is.</summary>
    public static void Expand(ManifestDocument document, List<ManifestDocument> documents, List<ManifestError> errors)
    {
        if (document.Content is not JsonObject)
        {
            errors.Add(document.Error("", $"{Shown(document.Content)} is not an object; "
                + "write fields such as apiVersion, kind and metadata."));
            return;
        }

        if (document.Kind.EndsWith("List", StringComparison.Ordinal) && document.Content["items"] is JsonArray items)
        {
            for (int i = 0; i < items.Elements.Count; i++)
            {
                Expand(document.Element(FieldPath.Item("items", i), items.Elements[i]), documents, errors);
            }

            return;
        }

        int before = errors.Count;
        RequireText(document, "apiVersion", "v1, apps/v1 or emulator.dev/v1alpha1", errors);
        RequireText(document, "kind", "Deployment or Service", errors);
        if (errors.Count == before)
        {
            documents.Add(document);
        }
    }

    private static void RequireText(ManifestDocument document, string field, string example, List<ManifestError> errors)
    {
        JsonValue? value = document.Content[field];
        if (value is null or JsonNull || value.AsString == "")
        {
            errors.Add(document.Error(field, $"is missing; write {field}, such as {example}."));
        }
        else if (value.AsString is null)
        {
            errors.Add(document.Error(field, $"{Shown(value)} is not a text; write {field}, such as {example}."));
        }
    }

    private static string Shown(JsonValue value)
    {
        string text = value.ToString();
        return text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
    }
}
