using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiServer.Patches;

/// <summary>Lays an object over another: members replace, null removes, arrays are replaced whole.</summary>
/// <remarks>Source: RFC 7386 section 2.</remarks>
internal static class MergePatch
{
    public static JsonValue Apply(JsonValue? target, JsonValue patch)
    {
        if (patch is not JsonObject map)
        {
            return patch;
        }

        JsonObject result = target as JsonObject ?? JsonObject.Empty;
        foreach (KeyValuePair<string, JsonValue> member in map.Pairs)
        {
            if (member.Value is JsonNull)
            {
                result = result.Without(member.Key);
                continue;
            }

            JsonValue? before = result.Find(member.Key);
            JsonValue after = Apply(before, member.Value);
            result = ReferenceEquals(before, after) ? result : result.With(member.Key, after);
        }

        return result;
    }
}
