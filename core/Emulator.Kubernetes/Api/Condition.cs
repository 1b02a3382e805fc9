using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Api;

/// <summary>One condition of a status, such as <c>Ready=True</c>.</summary>
/// <param name="Type">What is claimed.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">The machine's word; may be empty.</param>
/// <param name="Message">The person's sentence; may be empty.</param>
/// <param name="LastTransitionTime">Since when, as text; null when missing.</param>
public sealed record Condition(string Type, string Status, string Reason, string Message, string? LastTransitionTime)
{
    /// <summary>Whether the status is <c>True</c>.</summary>
    public bool IsTrue => Status == "True";

    /// <summary>Finds a condition in a status document, or null.</summary>
    public static Condition? Find(JsonObject status, string type)
    {
        foreach (JsonValue json in status.Find("conditions")?.Items ?? [])
        {
            if (json["type"]?.AsString == type)
            {
                return new Condition(
                    type, json["status"]?.AsString ?? "Unknown", json["reason"]?.AsString ?? "",
                    json["message"]?.AsString ?? "", json["lastTransitionTime"]?.AsString);
            }
        }

        return null;
    }

    /// <summary>
    /// The status with a condition put in its place, or at the end; the transition time moves only with the status.
    /// </summary>
    public static JsonObject Put(JsonObject status, Condition condition)
    {
        IReadOnlyList<JsonValue> before = status.Find("conditions")?.Items ?? [];
        var after = new List<JsonValue>(before.Count + 1);
        bool placed = false;
        foreach (JsonValue json in before)
        {
            bool same = json["type"]?.AsString == condition.Type;
            after.Add(same ? condition.ToJson(json as JsonObject) : json);
            placed |= same;
        }

        if (!placed)
        {
            after.Add(condition.ToJson(null));
        }

        return status.With("conditions", new JsonArray(after));
    }

    private JsonObject ToJson(JsonObject? before)
    {
        bool moved = before is null || before.Find("status")?.AsString != Status;
        JsonObject json = (before ?? JsonObject.Empty).With("type", Type).With("status", Status);
        json = moved && LastTransitionTime is not null ? json.With("lastTransitionTime", LastTransitionTime) : json;
        json = Reason.Length > 0 ? json.With("reason", Reason) : json.Without("reason");
        return Message.Length > 0 ? json.With("message", Message) : json.Without("message");
    }
}
