using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>The faults of an object's metadata.</summary>
/// <remarks>Source: ValidateObjectMeta of k8s.io/apimachinery.</remarks>
internal static class MetadataRules
{
    public static void Validate(ApiObject @object, ResourceStrategy strategy, FieldErrors errors)
    {
        if (@object.Name.Length == 0)
        {
            errors.Required("metadata.name", "name or generateName is required");
        }
        else
        {
            errors.Check("metadata.name", @object.Name, strategy.NameProblem(@object.Name));
        }

        foreach (KeyValuePair<string, string> label in @object.Labels.Pairs)
        {
            errors.Check("metadata.labels", label.Key, LabelSyntax.KeyProblem(label.Key));
            errors.Check("metadata.labels", label.Value, LabelSyntax.ValueProblem(label.Value));
        }

        foreach (KeyValuePair<string, string> annotation in @object.Annotations.Pairs)
        {
            errors.Check("metadata.annotations", annotation.Key, LabelSyntax.KeyProblem(annotation.Key));
        }
    }
}
