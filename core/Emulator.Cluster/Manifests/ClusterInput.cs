using Emulator.Cluster.Reading;
using Emulator.Cluster.Spec;
using Emulator.Cluster.Traffic;
using Emulator.Core.Documents;

namespace Emulator.Cluster.Manifests;

/// <summary>All that a person gave, sorted: the cluster, the objects to create in it, the traffic, and what is left
/// aside.</summary>
public sealed record ClusterInput
{
    /// <summary>The cluster; the default one without a document.</summary>
    public required ClusterSpec Cluster { get; init; }

    /// <summary>The API objects, in the order to create them: namespaces first, else as written.</summary>
    public required IReadOnlyList<InputObject> Objects { get; init; }

    /// <summary>The traffic.</summary>
    public required IReadOnlyList<TrafficSpec> Traffic { get; init; }

    /// <summary>What is not acted on.</summary>
    public required NotModelled NotModelled { get; init; }

    /// <summary>
    /// Sorts documents. With a mistake anywhere the result is null: nothing is applied. Objects without a namespace get
    /// <c>default</c>; kinds that the API does not serve are only counted.
    /// </summary>
    public static ClusterInput? From(IReadOnlyList<ManifestDocument> documents, List<ManifestError> errors)
    {
        int before = errors.Count;
        ManifestDocument? clusterDocument = null;
        ClusterSpec? cluster = ClusterSpecReader.Default;
        var traffic = new List<TrafficSpec>();
        var objects = new ObjectCollector(errors);
        foreach (ManifestDocument document in documents)
        {
            if (!document.ApiVersion.StartsWith("emulator.dev/", StringComparison.Ordinal))
            {
                objects.Add(document);
            }
            else if (IsOurs(document, errors) && document.Kind == "Traffic"
                && TrafficReader.Read(document, errors) is { } spec)
            {
                traffic.Add(spec);
            }
            else if (document.Kind == "Cluster" && clusterDocument is not null)
            {
                errors.Add(document.Error("kind", "is a second Cluster document; the first is in "
                    + $"{clusterDocument.File}:{clusterDocument.Line}. Keep one of the two."));
            }
            else if (document.Kind == "Cluster")
            {
                clusterDocument = document;
                cluster = ClusterSpecReader.Read(document, errors);
            }
        }

        foreach (ManifestDocument pod in (cluster?.Nodes ?? []).SelectMany(n => n.StaticPods).Distinct())
        {
            BehaviourAnnotations.Check(pod, errors);
            BehaviourReader.Check(pod, errors);
        }

        return errors.Count > before || cluster is null ? null : new ClusterInput
        {
            Cluster = cluster,
            Objects = objects.InOrder(),
            Traffic = traffic,
            NotModelled = objects.NotModelled,
        };
    }

    private static bool IsOurs(ManifestDocument document, List<ManifestError> errors)
    {
        if (document.ApiVersion != ClusterSpecReader.ApiVersion)
        {
            errors.Add(document.Error("apiVersion",
                $"'{document.ApiVersion}' is not a version of the emulator's documents; write "
                + $"{ClusterSpecReader.ApiVersion}."));
            return false;
        }

        switch (document.Kind)
        {
            case "Cluster" or "Traffic":
                return true;
            case "Workload" or "Chaos":
                errors.Add(document.Error("kind", $"'{document.Kind}' documents are not read by this version; "
                    + "remove the document (a container with a declared port answers by itself)."));
                return false;
            default:
                errors.Add(document.Error("kind", $"'{document.Kind}' is not a kind of {ClusterSpecReader.ApiVersion}; "
                    + NearestName.Cure(document.Kind, ["Cluster", "Traffic"])));
                return false;
        }
    }
}
