using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.ApiServer.Storage;

/// <summary>
/// The two fields by which scopes are so narrow that they are found by look-up: a pod's node, and a name.
/// </summary>
internal static class WatchIndex
{
    private const string NodeField = "spec.nodeName";
    private const string NameField = "metadata.name";

    /// <summary>The node of a pod; empty when it has none.</summary>
    public static string NodeOf(ApiObject pod) => pod.Spec.Find("nodeName")?.AsString ?? "";

    /// <summary>The node that a scope pins, or null.</summary>
    public static string? NodeOf(ListScope scope) => Pinned(scope, NodeField);

    /// <summary>The name that a scope pins, or null.</summary>
    public static string? NameOf(ListScope scope) => Pinned(scope, NameField);

    private static string? Pinned(ListScope scope, string field)
    {
        foreach (FieldTerm term in scope.Fields.Terms)
        {
            if (term.IsEqual && term.Field == field && term.Value.Length > 0)
            {
                return term.Value;
            }
        }

        return null;
    }
}
