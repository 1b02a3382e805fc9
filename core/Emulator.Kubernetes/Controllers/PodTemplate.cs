using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers;

/// <summary>Makes pods from the template of what controls them.</summary>
public static class PodTemplate
{
    /// <summary>A pod of a template; the API server gives it a name that begins with the owner's. All pods share the
    /// template's spec by reference.</summary>
    public static ApiObject MakePod(ApiObject owner, JsonObject template)
    {
        JsonObject metadata = JsonObject.Of(("generateName", $"{owner.Name}-"), ("namespace", owner.Namespace));
        foreach (string member in (ReadOnlySpan<string>)["labels", "annotations", "finalizers"])
        {
            if (template.At("metadata", member) is { } value)
            {
                metadata = metadata.With(member, value);
            }
        }

        metadata = metadata.With("ownerReferences", new JsonArray([OwnerReference.ControlledBy(owner).ToJson()]));
        JsonObject spec = template.Find("spec") as JsonObject ?? JsonObject.Empty;
        return new ApiObject(ResourceTypes.Pods, JsonObject.Of(("metadata", metadata), ("spec", spec)));
    }
}
