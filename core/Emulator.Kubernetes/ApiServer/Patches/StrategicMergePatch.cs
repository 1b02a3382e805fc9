using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiServer.Patches;

/// <summary>Like a merge patch, but lists that Kubernetes knows are merged element by element, by a key.</summary>
/// <remarks>
/// Source: strategicpatch of k8s.io/apimachinery; the keys are the <c>patchMergeKey</c> tags of k8s.io/api. Directives
/// <c>$patch: delete|replace|merge</c>, <c>$deleteFromPrimitiveList</c> and <c>$retainKeys</c> are obeyed. Left out:
/// <c>$setElementOrder</c>, which is read over: kept elements keep their place and new ones come last.
/// </remarks>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";
    private const string ElementOrder = "$setElementOrder/";

    /// <exception cref="FormatException">A directive is not known, or an element lacks its key.</exception>
    public static JsonValue Apply(JsonValue? target, JsonValue patch) =>
        patch is JsonObject map ? Merge(target as JsonObject, map, "") : patch;

    private static JsonObject Merge(JsonObject? target, JsonObject patch, string parent)
    {
        JsonObject result = target ?? JsonObject.Empty;
        switch (patch.Find(Directive)?.AsString)
        {
            case null or "merge":
                break;
            case "replace":
                return patch.Without(Directive);
            case "delete":
                return JsonObject.Empty;
            case var other:
                throw new FormatException($"unknown patch type found: {other}");
        }

        if (patch.Find(RetainKeys) is JsonArray retained)
        {
            foreach (KeyValuePair<string, JsonValue> member in result.Pairs)
            {
                result = retained.Elements.Contains(member.Key) ? result : result.Without(member.Key);
            }
        }

        foreach (KeyValuePair<string, JsonValue> member in patch.Pairs)
        {
            result = MergeMember(result, member.Key, member.Value, parent);
        }

        return result;
    }

    private static JsonObject MergeMember(JsonObject result, string name, JsonValue patch, string parent)
    {
        if (name is Directive or RetainKeys || name.StartsWith(ElementOrder, StringComparison.Ordinal))
        {
            return result;
        }

        if (name.StartsWith(DeleteFromList, StringComparison.Ordinal))
        {
            string list = name[DeleteFromList.Length..];
            return result.Find(list) is JsonArray before
                ? result.With(list, new JsonArray([.. before.Elements.Where(e => !patch.Items.Contains(e))])) : result;
        }

        JsonValue? old = result.Find(name);
        switch (patch)
        {
            case JsonNull:
                return result.Without(name);
            case JsonObject map:
                bool deletes = map.Find(Directive)?.AsString == "delete";
                return deletes ? result.Without(name) : result.With(name, Merge(old as JsonObject, map, name));
            case JsonArray array when MergeKeys.Of(parent, name) is { } key:
                return result.With(name, MergeList(old as JsonArray, array, key, name));
            default:
                return result.With(name, patch);
        }
    }

    private static JsonArray MergeList(JsonArray? target, JsonArray patch, string key, string name)
    {
        if (patch.Elements.Any(e => e[Directive]?.AsString == "replace"))
        {
            return new JsonArray([.. patch.Elements.Where(e => e[Directive] is null)]);
        }

        List<JsonValue> result = [.. target?.Elements ?? []];
        foreach (JsonValue element in patch.Elements)
        {
            if (key.Length == 0)
            {
                if (!result.Contains(element))
                {
                    result.Add(element);
                }

                continue;
            }

            if (element is not JsonObject map || map.Find(key) is not { } value)
            {
                throw new FormatException($"map: {element} does not contain declared merge key: {key}");
            }

            int place = result.FindIndex(e => value.Equals(e[key]));
            if (map.Find(Directive)?.AsString == "delete")
            {
                result.RemoveAll(e => value.Equals(e[key]));
            }
            else if (place >= 0)
            {
                result[place] = Merge(result[place] as JsonObject, map, name);
            }
            else
            {
                result.Add(Merge(null, map, name));
            }
        }

        return new JsonArray(result);
    }
}
