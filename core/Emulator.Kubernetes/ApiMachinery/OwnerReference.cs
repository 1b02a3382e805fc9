using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>Who an object belongs to: when the owner goes, the object goes.</summary>
/// <param name="ApiVersion">The owner's group and version.</param>
/// <param name="Kind">The owner's kind.</param>
/// <param name="Name">The owner's name, in the same namespace or in none.</param>
/// <param name="Uid">Which owner of that name.</param>
/// <param name="IsController">Whether the owner is the one controller of the object.</param>
/// <param name="BlocksOwnerDeletion">Whether a foreground deletion of the owner waits for the object.</param>
public sealed record OwnerReference(
    string ApiVersion, string Kind, string Name, string Uid, bool IsController, bool BlocksOwnerDeletion)
{
    /// <summary>Reads one element of <c>metadata.ownerReferences</c>.</summary>
    public static OwnerReference From(JsonValue json) => new(
        json["apiVersion"]?.AsString ?? "",
        json["kind"]?.AsString ?? "",
        json["name"]?.AsString ?? "",
        json["uid"]?.AsString ?? "",
        json["controller"]?.AsBool ?? false,
        json["blockOwnerDeletion"]?.AsBool ?? false);

    /// <summary>A reference to a controlling owner.</summary>
    public static OwnerReference ControlledBy(ApiObject owner) =>
        new(owner.Type.ApiVersion, owner.Type.Kind, owner.Name, owner.Uid, true, true);

    /// <summary>As the API writes it.</summary>
    public JsonObject ToJson() => JsonObject.Of(
        ("apiVersion", ApiVersion), ("kind", Kind), ("name", Name), ("uid", Uid),
        ("controller", IsController), ("blockOwnerDeletion", BlocksOwnerDeletion));
}
