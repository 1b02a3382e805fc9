using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>
/// What the API server does beyond storing for a type: defaults, checks, allocation. This one does nothing.
/// </summary>
/// <remarks>Named after the strategies of Kubernetes' generic registry.</remarks>
internal class ResourceStrategy
{
    /// <summary>
    /// Whether a new object's status is kept as submitted; otherwise it is dropped where it is a subresource.
    /// </summary>
    public virtual bool KeepsSubmittedStatus => false;

    /// <summary>Whether <c>metadata.generation</c> counts the changes of the spec.</summary>
    public virtual bool CountsGeneration => true;

    /// <summary>What is wrong with a name of this type, or null.</summary>
    public virtual string? NameProblem(string name) => LabelSyntax.SubdomainProblem(name);

    /// <summary>The object with the fields filled in that were left out.</summary>
    public virtual ApiObject Default(ApiObject @object) => @object;

    /// <summary>A new object made ready for the store.</summary>
    public virtual ApiObject PrepareForCreate(ApiObject @object) => @object;

    /// <summary>An update made ready for the store: what the system gave stays where it was left out.</summary>
    public virtual ApiObject PrepareForUpdate(ApiObject before, ApiObject @object) => @object;

    /// <summary>Finds the faults of an object.</summary>
    public virtual void Validate(ApiObject @object, FieldErrors errors)
    {
    }

    /// <summary>Finds what an update may not change.</summary>
    public virtual void ValidateUpdate(ApiObject before, ApiObject @object, FieldErrors errors)
    {
    }

    /// <summary>
    /// Gives out addresses, ports and the like, after the checks; what it cannot give becomes a fault.
    /// </summary>
    /// <param name="before">The object before; null for a new one.</param>
    /// <param name="object">The object to complete.</param>
    /// <param name="errors">Takes faults.</param>
    public virtual ApiObject Allocate(ApiObject? before, ApiObject @object, FieldErrors errors) => @object;

    /// <summary>Takes back what an ended object had.</summary>
    public virtual void Release(ApiObject @object)
    {
    }

    /// <summary>The object with a default in its spec.</summary>
    protected static JsonObject Fill(JsonObject map, string name, JsonValue value) =>
        map.Find(name) is null ? map.With(name, value) : map;
}

/// <summary>Types of which only storage is modelled, and whose status comes with the object, such as nodes.</summary>
/// <param name="countsGeneration">Whether the generation counts changes of the spec.</param>
/// <param name="keepsStatus">Whether a submitted status is kept.</param>
internal sealed class PlainStrategy(bool countsGeneration, bool keepsStatus) : ResourceStrategy
{
    public override bool KeepsSubmittedStatus => keepsStatus;

    public override bool CountsGeneration => countsGeneration;
}
