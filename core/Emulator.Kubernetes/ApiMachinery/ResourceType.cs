namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>
/// A kind of API object, such as pods: where it lives in the API and whether it belongs to a namespace.
/// </summary>
/// <remarks>Compared by reference: each type exists once, in <see cref="ResourceTypes"/>. Names follow the API's
/// discovery documents.</remarks>
public sealed class ResourceType
{
    internal ResourceType(
        int index, string group, string version, string kind, string plural, ResourceScope scope, string? shortName,
        bool hasStatus)
    {
        HasStatus = hasStatus;
        Index = index;
        Group = group;
        Version = version;
        Kind = kind;
        Plural = plural;
        IsNamespaced = scope != ResourceScope.Cluster;
        ShortName = shortName;
        ApiVersion = group.Length == 0 ? version : $"{group}/{version}";
        QualifiedPlural = group.Length == 0 ? plural : $"{plural}.{group}";
    }

    /// <summary>A dense number from 0, for arrays inside a process; it is never sent or stored.</summary>
    public int Index { get; }

    /// <summary>The API group, empty for the core group.</summary>
    public string Group { get; }

    /// <summary>The version, such as <c>v1</c>.</summary>
    public string Version { get; }

    /// <summary>The kind, such as <c>Pod</c>.</summary>
    public string Kind { get; }

    /// <summary>The plural in lower case, as in paths: <c>pods</c>.</summary>
    public string Plural { get; }

    /// <summary>Whether its objects belong to a namespace.</summary>
    public bool IsNamespaced { get; }

    /// <summary>Whether <c>status</c> is written apart from the rest, through a subresource.</summary>
    public bool HasStatus { get; }

    /// <summary>kubectl's short name, such as <c>po</c>, or null.</summary>
    public string? ShortName { get; }

    /// <summary>Group and version as objects write them: <c>v1</c>, <c>apps/v1</c>.</summary>
    public string ApiVersion { get; }

    /// <summary>Plural and group as error messages write them: <c>pods</c>, <c>deployments.apps</c>.</summary>
    public string QualifiedPlural { get; }

    /// <summary>The kind in lower case, as kubectl accepts it.</summary>
    public string Singular => Kind.ToLowerInvariant();

    /// <inheritdoc/>
    public override string ToString() => QualifiedPlural;
}

/// <summary>Where objects of a type live.</summary>
public enum ResourceScope
{
    /// <summary>In a namespace.</summary>
    Namespaced,

    /// <summary>In none.</summary>
    Cluster,
}
