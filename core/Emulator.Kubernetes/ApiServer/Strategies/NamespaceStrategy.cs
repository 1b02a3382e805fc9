using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>Namespaces: born <c>Active</c>, labelled with their own name.</summary>
/// <remarks>
/// Source: pkg/registry/core/namespace of Kubernetes; the finalizer <c>kubernetes</c> is implied, not written.
/// </remarks>
internal sealed class NamespaceStrategy : ResourceStrategy
{
    private static readonly JsonObject Active = JsonObject.Of(("phase", "Active"));

    public override bool CountsGeneration => false;

    public override bool KeepsSubmittedStatus => true;

    public override string? NameProblem(string name) => LabelSyntax.LabelProblem(name);

    public override ApiObject Default(ApiObject @namespace) =>
        @namespace.WithLabel("kubernetes.io/metadata.name", @namespace.Name);

    public override ApiObject PrepareForCreate(ApiObject @namespace) => @namespace.WithStatus(Active);
}
