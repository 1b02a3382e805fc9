using Emulator.Cluster.Building;
using Emulator.Cluster.Manifests;
using Emulator.Core.Documents;
using Emulator.Engine.Manifests;

namespace Emulator.Client.Running;

/// <summary>What a person gave, read without a mistake.</summary>
/// <param name="Input">It, sorted.</param>
/// <param name="Cluster">The cluster built from it.</param>
/// <param name="Documents">It, as it was read.</param>
internal sealed record LoadedInput(
    ClusterInput Input, BuiltCluster Cluster, IReadOnlyList<ManifestDocument> Documents);

/// <summary>Reads what a person gave and builds the cluster; says every mistake at once.</summary>
internal static class InputLoader
{
    /// <summary>The input and the cluster built from it; null when there were mistakes, which are printed.</summary>
    public static LoadedInput? Load(IReadOnlyList<string> paths, Streams streams)
    {
        ManifestSet read = ManifestReader.Read(paths, streams.In);
        List<ManifestError> errors = [.. read.Errors];
        ClusterInput? input = ClusterInput.From(read.Documents, errors);
        BuiltCluster? cluster = input is not null && errors.Count == 0 ? ClusterBuilder.Build(input, errors) : null;
        if (input is not null && cluster is not null)
        {
            return new LoadedInput(input, cluster, read.Documents);
        }

        foreach (ManifestError error in errors)
        {
            streams.Error.WriteLine(error);
        }

        streams.Error.WriteLine(errors.Count == 1
            ? "emulator: 1 mistake; nothing was applied." : $"emulator: {errors.Count} mistakes; nothing was applied.");
        return null;
    }
}
