using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Strategies;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>The manifest of a static pod as a pod of one node.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/config/common.go (applyDefaults, tryDecodeSinglePod): it is named for its
/// node, tolerates every taint with NoExecute, and has the API's defaults.</remarks>
public static class StaticPodManifest
{
    /// <summary>The pod, without UID and status. Its namespace is <c>default</c> where none is written.</summary>
    public static ApiObject On(string nodeName, JsonObject manifest)
    {
        JsonObject metadata = manifest.Find("metadata") as JsonObject ?? JsonObject.Empty;
        JsonObject spec = PodSpecRules.Of(manifest.Find("spec") as JsonObject ?? JsonObject.Empty).Defaulted;
        JsonObject tolerates = JsonObject.Of(("operator", "Exists"), ("effect", "NoExecute"));
        return new ApiObject(ResourceTypes.Pods, JsonObject.Of(
            ("metadata", metadata
                .With("name", $"{metadata.Find("name")?.AsString}-{nodeName}")
                .With("namespace", metadata.Find("namespace")?.AsString ?? "default")),
            ("spec", spec
                .With("nodeName", nodeName)
                .With("tolerations", new JsonArray([.. spec.Find("tolerations")?.Items ?? [], tolerates])))));
    }
}
