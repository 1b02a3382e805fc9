using System.Globalization;
using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Pods that a kubelet runs from manifests on its own machine, and the mirror pods that show them in the
/// API.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/config/common.go (applyDefaults), pkg/kubelet/pod/mirror_client.go. A mirror
/// that somebody deletes comes back; the pod itself runs on. Left out: manifests that change or go while the kubelet
/// runs.</remarks>
internal sealed class StaticPods(PodSurroundings around, PodLifecycle lifecycle, ApiObject node)
{
    /// <summary>Where a pod's manifest came from: <c>file</c> here.</summary>
    public const string SourceAnnotation = "kubernetes.io/config.source";

    /// <summary>On a mirror pod: the hash of the pod that it shows.</summary>
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private const string HashAnnotation = "kubernetes.io/config.hash";
    private const string SeenAnnotation = "kubernetes.io/config.seen";

    private readonly SortedDictionary<ObjectKey, ApiObject> _pods = [];

    /// <summary>Whether an object is a mirror, which is nothing to run.</summary>
    public static bool IsMirror(ApiObject pod) => pod.Annotations[MirrorAnnotation] is not null;

    /// <summary>Starts the pods, and makes their mirrors.</summary>
    public void Start(IEnumerable<JsonObject> manifests, Outbox outbox)
    {
        foreach (JsonObject manifest in manifests)
        {
            ApiObject pod = Pod(manifest, outbox);
            _pods[pod.Key] = pod;
            lifecycle.Take(pod, outbox);
            Mirror(pod, outbox);
        }
    }

    /// <summary>A mirror pod, new or changed.</summary>
    public void Take(ApiObject mirror, Outbox outbox)
    {
        if (_pods.TryGetValue(mirror.Key, out ApiObject? pod) && mirror.Annotations[MirrorAnnotation] == pod.Uid)
        {
            if (!mirror.IsTerminating)
            {
                lifecycle.Mirrored(pod.Uid, mirror.Uid, outbox);
                return;
            }

            lifecycle.Mirrored(pod.Uid, null, outbox);
        }

        if (mirror.IsTerminating || pod is null)
        {
            around.Client.Delete(
                ResourceTypes.Pods, mirror.Key, outbox, gracePeriodSeconds: 0, uid: mirror.Uid);
        }
    }

    /// <summary>A mirror pod is gone: another one takes its place while the pod is there.</summary>
    public void Forget(ApiObject mirror, Outbox outbox)
    {
        if (_pods.TryGetValue(mirror.Key, out ApiObject? pod))
        {
            lifecycle.Mirrored(pod.Uid, null, outbox);
            Mirror(pod, outbox);
        }
    }

    private void Mirror(ApiObject pod, Outbox outbox)
    {
        JsonObject annotations = ((JsonObject)pod.Metadata.Find("annotations")!) // Each has its source.
            .With(MirrorAnnotation, pod.Uid);
        JsonObject owner = JsonObject.Of(
            ("apiVersion", "v1"), ("kind", "Node"), ("name", node.Name), ("uid", node.Uid), ("controller", true));
        JsonObject metadata = pod.Metadata.Without("uid")
            .With("annotations", annotations).With("ownerReferences", new JsonArray([owner]));
        around.Client.Create(pod.WithMetadata(metadata), outbox, (ApiResponse response, Outbox later) =>
        {
            if (response.Error is { IsTimeout: true })
            {
                Mirror(pod, later);
            }
            else if (response.Error is { Reason: not "AlreadyExists" } error)
            {
                throw new InvalidOperationException($"{around.Self}: mirror of {pod}: {error.Message}");
            }
        });
    }

    /// <summary>The pod of a manifest: named for its node, with a UID that is the hash of both.</summary>
    private ApiObject Pod(JsonObject manifest, Outbox outbox)
    {
        ulong hash = StableHash.Combine(StableHash.Of(node.Name), StableHash.Of(manifest.ToString()));
        string uid = string.Create(
            CultureInfo.InvariantCulture, $"{hash:x16}{StableHash.Finish(StableHash.Combine(hash, 1)):x16}");
        JsonObject metadata = manifest.Find("metadata") as JsonObject ?? JsonObject.Empty;
        JsonObject annotations = (metadata.Find("annotations") as JsonObject ?? JsonObject.Empty)
            .With(HashAnnotation, uid)
            .With(SeenAnnotation, ModelClock.ToText(outbox.Now))
            .With(SourceAnnotation, "file");
        JsonObject spec = manifest.Find("spec") as JsonObject ?? JsonObject.Empty;
        JsonObject tolerates = JsonObject.Of(("operator", "Exists"), ("effect", "NoExecute"));
        spec = spec
            .With("nodeName", node.Name)
            .With("tolerations", new JsonArray([.. spec.Find("tolerations")?.Items ?? [], tolerates]));
        return new ApiObject(ResourceTypes.Pods, JsonObject.Of(
            ("metadata", metadata
                .With("name", $"{metadata.Find("name")?.AsString}-{node.Name}")
                .With("namespace", metadata.Find("namespace")?.AsString ?? "default")
                .With("uid", uid)
                .With("annotations", annotations)),
            ("spec", spec)));
    }
}
