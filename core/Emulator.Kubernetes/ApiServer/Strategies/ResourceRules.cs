using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>The faults of what a container asks for.</summary>
/// <remarks>Source: ValidateContainerResourceRequirements of Kubernetes.</remarks>
internal static class ResourceRules
{
    public static void Validate(string field, JsonValue? resources, FieldErrors errors)
    {
        if (resources is null)
        {
            return;
        }

        Check($"{field}.limits", resources["limits"], errors);
        Check($"{field}.requests", resources["requests"], errors);
        foreach (KeyValuePair<string, JsonValue> request in resources["requests"]?.Members ?? [])
        {
            if (Quantity.TryParse(ResourceList.TextOf(request.Value), out Quantity wanted)
                && Quantity.TryParse(ResourceList.TextOf(resources.At("limits", request.Key)), out Quantity limit)
                && wanted > limit)
            {
                errors.Invalid(
                    $"{field}.requests", wanted.ToString(),
                    $"must be less than or equal to {request.Key} limit of {limit}");
            }
        }
    }

    private static void Check(string field, JsonValue? amounts, FieldErrors errors)
    {
        foreach (KeyValuePair<string, JsonValue> amount in amounts?.Members ?? [])
        {
            string path = $"{field}[{amount.Key}]";
            if (!Quantity.TryParse(ResourceList.TextOf(amount.Value), out Quantity quantity))
            {
                errors.Invalid(path, amount.Value, "quantities must match the regular expression "
                    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
            }
            else if (quantity.Sign < 0)
            {
                errors.Invalid(path, quantity.ToString(), "must be greater than or equal to 0");
            }
        }
    }
}
