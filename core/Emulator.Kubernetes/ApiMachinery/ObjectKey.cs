namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>
/// Which object of a type: its namespace (empty for objects in none) and name. Ordered as the API lists.
/// </summary>
public readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    /// <inheritdoc/>
    public int CompareTo(ObjectKey other)
    {
        int order = ReferenceEquals(Namespace, other.Namespace) ? 0 : string.CompareOrdinal(Namespace, other.Namespace);
        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary><c>default/web-0</c>, or the name alone for objects in no namespace.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
