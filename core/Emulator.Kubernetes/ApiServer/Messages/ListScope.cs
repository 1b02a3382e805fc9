using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Messages;

/// <summary>Which objects of a type a list or watch means.</summary>
/// <param name="Namespace">Only this namespace; null is all.</param>
/// <param name="Labels">Only objects with such labels.</param>
/// <param name="Fields">Only objects with such fields.</param>
public sealed record ListScope(string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    /// <summary>All objects.</summary>
    public static readonly ListScope All = new(null, LabelSelector.Everything, FieldSelector.Everything);

    /// <summary>All objects of a namespace.</summary>
    public static ListScope InNamespace(string name) => All with { Namespace = name };

    /// <summary>Pods bound to a node.</summary>
    public static ListScope OnNode(string nodeName) => All with { Fields = FieldSelector.OnNode(nodeName) };

    /// <summary>The one object of a name.</summary>
    public static ListScope ByName(string name, string? @namespace = null) =>
        new(@namespace, LabelSelector.Everything, FieldSelector.ByName(name));

    /// <summary>Whether an object is meant.</summary>
    public bool Matches(ApiObject @object) =>
        (Namespace is null || Namespace == @object.Namespace) && Labels.Matches(@object.Labels)
            && Fields.Matches(@object);

    /// <summary>A text that is the same for equal scopes.</summary>
    public override string ToString() => $"{Namespace}?labelSelector={Labels}&fieldSelector={Fields}";
}
