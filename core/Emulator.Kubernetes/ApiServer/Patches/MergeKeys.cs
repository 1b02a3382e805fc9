namespace Emulator.Kubernetes.ApiServer.Patches;

/// <summary>By what the elements of Kubernetes' lists are told apart in a strategic merge patch.</summary>
/// <remarks>
/// Source: the <c>patchMergeKey</c> tags of k8s.io/api. Lists that are not here are replaced whole, as upstream.
/// </remarks>
internal static class MergeKeys
{
    /// <summary>
    /// The key of a list's elements; empty for sets of plain values; null when the list is replaced whole.
    /// </summary>
    /// <param name="parent">The member that holds the list's object, such as <c>containers</c> or <c>spec</c>.</param>
    /// <param name="name">The list's member name.</param>
    public static string? Of(string parent, string name) => name switch
    {
        "containers" or "initContainers" or "ephemeralContainers" => "name",
        "env" or "volumes" or "imagePullSecrets" or "secrets" => "name",
        "volumeMounts" => "mountPath",
        "volumeDevices" => "devicePath",
        "ports" => parent is "containers" or "initContainers" ? "containerPort" : parent == "spec" ? "port" : null,
        "conditions" or "addresses" => "type",
        "hostAliases" => "ip",
        "topologySpreadConstraints" => "topologyKey",
        "taints" => "key",
        "ownerReferences" => "uid",
        "finalizers" => "",
        _ => null,
    };
}
