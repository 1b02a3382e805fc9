using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>Collects the faults of an object in Kubernetes' words.</summary>
/// <remarks>Source: k8s.io/apimachinery/pkg/util/validation/field.</remarks>
internal sealed class FieldErrors
{
    private readonly List<StatusCause> _causes = [];

    public IReadOnlyList<StatusCause> Causes => _causes;

    public void Required(string field, string detail = "") =>
        Add("FieldValueRequired", field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public void Invalid(string field, JsonValue? value, string detail) =>
        Add("FieldValueInvalid", field, $"Invalid value: {TextOf(value)}: {detail}");

    public void NotSupported(string field, string value, params string[] supported) => Add(
        "FieldValueNotSupported", field,
        $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(s => $"\"{s}\""))}");

    public void Duplicate(string field, JsonValue value) =>
        Add("FieldValueDuplicate", field, $"Duplicate value: {TextOf(value)}");

    public void Forbidden(string field, string detail) => Add("FieldValueForbidden", field, $"Forbidden: {detail}");

    /// <summary>Adds the fault that a check of a text found, if it found one.</summary>
    public void Check(string field, string value, string? problem)
    {
        if (problem is not null)
        {
            Invalid(field, value, problem);
        }
    }

    /// <summary>Adds faults with their fields put under another.</summary>
    public void AddUnder(string field, IReadOnlyList<StatusCause> causes)
    {
        foreach (StatusCause cause in causes)
        {
            _causes.Add(cause with { Field = $"{field}.{cause.Field}" });
        }
    }

    private void Add(string reason, string field, string message) =>
        _causes.Add(new StatusCause(reason, field, message));

    // As Go prints them: maps and lists of text with their types.
    private static string TextOf(JsonValue? value) => value switch
    {
        null => "\"\"",
        JsonString text => $"\"{text.Value}\"",
        JsonObject map when map.Pairs.All(p => p.Value is JsonString) =>
            $"map[string]string{{{string.Join(", ", map.Pairs.OrderBy(p => p.Key, StringComparer.Ordinal)
                .Select(p => $"\"{p.Key}\":\"{p.Value.AsString}\""))}}}",
        JsonArray list when list.Elements.All(e => e is JsonString) =>
            $"[]string{{{string.Join(", ", list.Elements.Select(e => $"\"{e.AsString}\""))}}}",
        _ => value.ToString(),
    };
}
