using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Cluster.Manifests;

/// <summary>An API object and the document that it was written in.</summary>
public sealed record InputObject(ApiObject Object, ManifestDocument Document);
