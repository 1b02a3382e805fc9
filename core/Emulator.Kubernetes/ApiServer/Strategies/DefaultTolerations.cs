using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>Gives every pod 300 s on a node that is not ready or not reachable, unless it says otherwise.</summary>
/// <remarks>Source: the admission plug-in DefaultTolerationSeconds.</remarks>
internal static class DefaultTolerations
{
    private const string NotReadyKey = "node.kubernetes.io/not-ready";
    private const string UnreachableKey = "node.kubernetes.io/unreachable";
    private const long Seconds = 300;

    private static readonly JsonObject NotReady = Toleration(NotReadyKey);
    private static readonly JsonObject Unreachable = Toleration(UnreachableKey);

    public static JsonObject AddTo(JsonObject spec)
    {
        IReadOnlyList<JsonValue> tolerations = spec.Find("tolerations")?.Items ?? [];
        bool notReady = Tolerates(tolerations, NotReadyKey);
        bool unreachable = Tolerates(tolerations, UnreachableKey);
        if (notReady && unreachable)
        {
            return spec;
        }

        var more = new List<JsonValue>(tolerations);
        if (!notReady)
        {
            more.Add(NotReady);
        }

        if (!unreachable)
        {
            more.Add(Unreachable);
        }

        return spec.With("tolerations", new JsonArray(more));
    }

    private static bool Tolerates(IReadOnlyList<JsonValue> tolerations, string key)
    {
        foreach (JsonValue toleration in tolerations)
        {
            string its = toleration["key"]?.AsString ?? "";
            string effect = toleration["effect"]?.AsString ?? "";
            if ((its == key || its.Length == 0) && (effect is "NoExecute" or ""))
            {
                return true;
            }
        }

        return false;
    }

    private static JsonObject Toleration(string key) => JsonObject.Of(
        ("key", key), ("operator", "Exists"), ("effect", "NoExecute"), ("tolerationSeconds", Seconds));
}
