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
/// that somebody deletes comes back; the pod itself runs on. A mirror is its Node's, so that there is none while the
/// API has no Node. Left out: manifests that change or go while the kubelet runs, another try for a mirror that the API
/// refused.</remarks>
/// <param name="around">The kubelet.</param>
/// <param name="lifecycle">Who runs the pods.</param>
/// <param name="node">The Node as the API has it now; null while it has none.</param>
internal sealed class StaticPods(PodSurroundings around, PodLifecycle lifecycle, Func<ApiObject?> node)
{
    /// <summary>Where a pod's manifest came from: <c>file</c> here.</summary>
    private const string SourceAnnotation = "kubernetes.io/config.source";

    /// <summary>On a mirror pod: the hash of the pod that it shows.</summary>
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private const string HashAnnotation = "kubernetes.io/config.hash";
    private const string SeenAnnotation = "kubernetes.io/config.seen";

    private readonly SortedDictionary<ObjectKey, ApiObject> _pods = [];
    private readonly SortedSet<ObjectKey> _waiting = [];

    /// <summary>Whether an object is a mirror, which is nothing to run.</summary>
    public static bool IsMirror(ApiObject pod) => pod.Annotations[MirrorAnnotation] is not null;

    /// <summary>Starts the pods, and makes their mirrors.</summary>
    public void Start(IEnumerable<JsonObject> manifests, Outbox outbox)
    {
        foreach (JsonObject manifest in manifests)
        {
            ApiObject pod = Pod(manifest, outbox);
            _pods[pod.Key] = pod;
            lifecycle.Run(pod, outbox);
            Mirror(pod, outbox);
        }
    }

    /// <summary>The API has the Node: mirrors that waited for it are made.</summary>
    public void NodeIsThere(Outbox outbox)
    {
        while (_waiting.Count > 0)
        {
            ObjectKey key = _waiting.Min;
            _waiting.Remove(key);
            Mirror(_pods[key], outbox);
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
        if (node() is not { } itsNode)
        {
            _waiting.Add(pod.Key);
            return;
        }

        JsonObject annotations = ((JsonObject)pod.Metadata.Find("annotations")!) // Each has its source.
            .With(MirrorAnnotation, pod.Uid);
        JsonObject owner = JsonObject.Of(
            ("apiVersion", "v1"), ("kind", "Node"), ("name", itsNode.Name), ("uid", itsNode.Uid), ("controller", true));
        JsonObject metadata = pod.Metadata.Without("uid")
            .With("annotations", annotations).With("ownerReferences", new JsonArray([owner]));
        around.Client.Create(pod.WithMetadata(metadata), outbox, (ApiResponse response, Outbox later) =>
        {
            if (response.Error is { IsTimeout: true })
            {
                Mirror(pod, later);
            }
            else if (response.Error is { IsAlreadyExists: false } error)
            {
                around.Events.OfNode(
                    "Warning", "FailedMirrorPod", $"Mirror of pod {pod.Key} is refused: {error.Message}", later);
            }
        });
    }

    /// <summary>The pod of a manifest, with a UID that is the hash of the node's name and the manifest.</summary>
    private ApiObject Pod(JsonObject manifest, Outbox outbox)
    {
        string nodeName = around.Options.NodeName;
        ulong hash = StableHash.Combine(StableHash.Of(nodeName), StableHash.Of(manifest.ToString()));
        string uid = string.Create(
            CultureInfo.InvariantCulture, $"{hash:x16}{StableHash.Finish(StableHash.Combine(hash, 1)):x16}");
        ApiObject pod = StaticPodManifest.On(nodeName, manifest);
        JsonObject annotations = (pod.Metadata.Find("annotations") as JsonObject ?? JsonObject.Empty)
            .With(HashAnnotation, uid)
            .With(SeenAnnotation, ModelClock.ToText(outbox.Now))
            .With(SourceAnnotation, "file");
        return pod.WithMetadata(pod.Metadata.With("uid", uid).With("annotations", annotations));
    }
}
