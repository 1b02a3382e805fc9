using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet.Containers;

namespace Emulator.Cluster.Manifests;

/// <summary>Looks at the annotations that give containers a life of their own, in pods and in pod templates.</summary>
internal static class BehaviourAnnotations
{
    /// <summary>Appends what is wrong with a document's annotations.</summary>
    public static void Check(ManifestDocument document, List<ManifestError> errors)
    {
        (JsonValue? pod, string path) = document.Kind switch
        {
            "Pod" => (document.Content, ""),
            "Deployment" or "ReplicaSet" => (document.Content.At("spec", "template"), "spec.template."),
            _ => (null, ""),
        };
        if (pod?.At("metadata", "annotations") is not JsonObject annotations)
        {
            return;
        }

        List<string> names = [.. Names(pod, "initContainers"), .. Names(pod, "containers")];
        foreach ((string annotation, string problem) in ContainerBehaviour.Check(new LabelSet(annotations), names))
        {
            errors.Add(document.Error($"{path}metadata.annotations", $"{annotation}: {problem}"));
        }
    }

    private static IEnumerable<string> Names(JsonValue pod, string list) =>
        (pod.At("spec", list)?.Items ?? []).Select(c => c["name"]?.AsString ?? "");
}
