using System.Globalization;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.Deployments;

/// <summary>How a Deployment and its ReplicaSets belong together: the template's hash, revisions and notes of
/// sizes.</summary>
/// <remarks>Source: pkg/controller/deployment/util/deployment_util.go. The hash only names; whether a ReplicaSet is the
/// new one is decided by comparing templates.</remarks>
public static class DeploymentReplicaSets
{
    /// <summary>The label that tells the pods of one template from those of another.</summary>
    public const string HashLabel = "pod-template-hash";

    /// <summary>The annotation that numbers the templates that a Deployment has had.</summary>
    public const string RevisionAnnotation = "deployment.kubernetes.io/revision";

    /// <summary>The annotation with the Deployment's size when the ReplicaSet was last sized.</summary>
    public const string DesiredAnnotation = "deployment.kubernetes.io/desired-replicas";

    /// <summary>The annotation with the Deployment's size and surge when the ReplicaSet was last sized.</summary>
    public const string MaxAnnotation = "deployment.kubernetes.io/max-replicas";

    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    private const string SafeCharacters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>ReplicaSets in the order in which they were made; names decide between equals.</summary>
    public static List<ApiObject> Oldest(IEnumerable<ApiObject> sets) =>
    [
        .. sets.OrderBy(s => s.CreationTimestamp, StringComparer.Ordinal).ThenBy(s => s.Name, StringComparer.Ordinal),
    ];

    /// <summary>The ReplicaSet of the Deployment's present template, the oldest if there are several; null when there
    /// is none.</summary>
    public static ApiObject? FindNew(ApiObject deployment, IEnumerable<ApiObject> oldestFirst)
    {
        JsonObject template = DeploymentView.Of(deployment).Template;
        return oldestFirst.FirstOrDefault(s =>
            WithoutHash(ReplicaSetView.Of(s).Template).Equals(WithoutHash(template)));
    }

    /// <summary>A new ReplicaSet for the Deployment's present template.</summary>
    public static ApiObject Make(ApiObject deployment, int replicas, int maxReplicas, long revision)
    {
        DeploymentView view = DeploymentView.Of(deployment);
        string hash = Hash(view.Template, deployment.Status.Find("collisionCount")?.AsInt64 ?? 0);
        JsonObject template = (JsonObject)view.Template.With(["metadata", "labels", HashLabel], hash);
        JsonObject metadata = JsonObject.Of(
            ("name", $"{deployment.Name}-{hash}"),
            ("namespace", deployment.Namespace),
            ("labels", template.At("metadata", "labels") ?? JsonObject.Empty),
            ("annotations", Annotations(deployment, view.Replicas, maxReplicas, revision)),
            ("ownerReferences", new JsonArray([OwnerReference.ControlledBy(deployment).ToJson()])));
        JsonObject spec = JsonObject.Of(
            ("replicas", (long)replicas),
            ("selector", (deployment.Spec.Find("selector") ?? JsonObject.Empty).With(["matchLabels", HashLabel], hash)),
            ("template", template));
        spec = view.MinReadySeconds > 0 ? spec.With("minReadySeconds", view.MinReadySeconds) : spec;
        return new ApiObject(ResourceTypes.ReplicaSets, JsonObject.Of(("metadata", metadata), ("spec", spec)));
    }

    /// <summary>A ReplicaSet with another size and its notes.</summary>
    public static ApiObject Resize(ApiObject set, int replicas, int desired, int maxReplicas) => set
        .With(["spec", "replicas"], (long)replicas)
        .With(["metadata", "annotations", DesiredAnnotation], Text(desired))
        .With(["metadata", "annotations", MaxAnnotation], Text(maxReplicas));

    /// <summary>Whether a ReplicaSet's notes differ from the Deployment's size.</summary>
    public static bool NotesDiffer(ApiObject set, int desired, int maxReplicas) =>
        set.Annotations[DesiredAnnotation] != Text(desired) || set.Annotations[MaxAnnotation] != Text(maxReplicas);

    /// <summary>A number in an annotation, or null.</summary>
    public static long? Number(ApiObject @object, string annotation) =>
        long.TryParse(@object.Annotations[annotation], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number : null;

    /// <summary>The number as annotations write it.</summary>
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Old ReplicaSets to delete: without pods, and more than the history keeps; oldest revision
    /// first.</summary>
    public static List<ApiObject> Surplus(IEnumerable<ApiObject> old, int historyLimit)
    {
        List<ApiObject> alive = Oldest(old.Where(s => !s.IsTerminating));
        int surplus = Math.Max(0, alive.Count - historyLimit);
        return
        [
            .. alive.OrderBy(s => Number(s, RevisionAnnotation) ?? 0).Take(surplus).Where(s =>
                ReplicaSetView.Of(s).Replicas == 0
                && ReplicaSetView.Of(s).StatusReplicas == 0
                && s.Generation <= (s.Status.Find("observedGeneration")?.AsInt64 ?? 0)),
        ];
    }

    private static string Hash(JsonObject template, long collisions)
    {
        ulong hash = StableHash.Combine(StableHash.Of(JsonText.Write(template)), (ulong)collisions);
        string digits = ((uint)hash).ToString(CultureInfo.InvariantCulture);
        return string.Create(digits.Length, digits, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = SafeCharacters[text[i] % SafeCharacters.Length];
            }
        });
    }

    private static JsonObject Annotations(ApiObject deployment, int desired, int maxReplicas, long revision)
    {
        JsonObject annotations = JsonObject.Empty;
        foreach ((string key, string value) in deployment.Annotations.Pairs)
        {
            if (key is not (LastApplied or RevisionAnnotation or DesiredAnnotation or MaxAnnotation))
            {
                annotations = annotations.With(key, value);
            }
        }

        return annotations
            .With(RevisionAnnotation, Text(revision))
            .With(DesiredAnnotation, Text(desired))
            .With(MaxAnnotation, Text(maxReplicas));
    }

    private static JsonValue WithoutHash(JsonObject template) =>
        template.At("metadata", "labels", HashLabel) is null ? template
            : template.With(["metadata", "labels", HashLabel], null);
}
