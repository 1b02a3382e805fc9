using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>One resource and how much of it.</summary>
/// <param name="Name">Such as <c>cpu</c>, <c>memory</c> or <c>example.com/gpu</c>.</param>
/// <param name="Amount">Thousandths of a core for <c>cpu</c>; whole units (bytes, pieces) for all others; rounded
/// up.</param>
public readonly record struct ResourceAmount(string Name, long Amount);

/// <summary>Amounts of resources by name; a resource that is absent differs from one that is there with 0.</summary>
/// <remarks>Immutable; sorted by name (ordinal), so that iterating it is the same everywhere. Source:
/// <c>v1.ResourceList</c>.</remarks>
public sealed class ResourceAmounts
{
    private readonly ResourceAmount[] _amounts;

    private ResourceAmounts(ResourceAmount[] amounts) => _amounts = amounts;

    /// <summary>No resources.</summary>
    public static readonly ResourceAmounts Empty = new([]);

    /// <summary>The amounts, by name.</summary>
    public ReadOnlySpan<ResourceAmount> Amounts => _amounts;

    /// <summary>How many resources are named.</summary>
    public int Count => _amounts.Length;

    /// <summary>Reads a map of names to quantities; null is an empty list, and what is no quantity is left
    /// out.</summary>
    public static ResourceAmounts Parse(JsonValue? map)
    {
        if (map is null || map.Members.Count == 0)
        {
            return Empty;
        }

        ResourceAmounts amounts = Empty;
        foreach ((string name, JsonValue value) in map.Members)
        {
            if (Quantity.TryParse(value is JsonNumber number ? number.Text : value.AsString, out Quantity quantity))
            {
                amounts = amounts.With(name, name == "cpu" ? quantity.MilliValue : quantity.Value);
            }
        }

        return amounts;
    }

    /// <summary>The amount of a resource, or null when it is absent.</summary>
    public long? Find(string name)
    {
        foreach (ref readonly ResourceAmount amount in _amounts.AsSpan())
        {
            if (amount.Name == name)
            {
                return amount.Amount;
            }
        }

        return null;
    }

    /// <summary>The amount of a resource; 0 when it is absent.</summary>
    public long this[string name] => Find(name) ?? 0;

    /// <summary>The sum of two lists.</summary>
    public ResourceAmounts Plus(ResourceAmounts other) => Merge(other, static (a, b) => checked(a + b));

    /// <summary>The greater of two lists, resource by resource.</summary>
    public ResourceAmounts Max(ResourceAmounts other) => Merge(other, Math.Max);

    /// <summary>Whether two lists name the same resources with the same amounts.</summary>
    public bool SameAs(ResourceAmounts other) => _amounts.AsSpan().SequenceEqual(other._amounts);

    /// <summary>This list with a resource set.</summary>
    public ResourceAmounts With(string name, long amount)
    {
        int place = Array.FindIndex(_amounts, a => string.CompareOrdinal(a.Name, name) >= 0);
        place = place < 0 ? _amounts.Length : place;
        bool there = place < _amounts.Length && _amounts[place].Name == name;
        return new ResourceAmounts(
            [.. _amounts[..place], new(name, amount), .. _amounts[(there ? place + 1 : place)..]]);
    }

    /// <summary>This list with the resources of another that it lacks.</summary>
    public ResourceAmounts OrElse(ResourceAmounts defaults)
    {
        ResourceAmounts result = this;
        foreach (ref readonly ResourceAmount amount in defaults.Amounts)
        {
            if (Find(amount.Name) is null)
            {
                result = result.With(amount.Name, amount.Amount);
            }
        }

        return result;
    }

    private ResourceAmounts Merge(ResourceAmounts other, Func<long, long, long> both)
    {
        if (other.Count == 0 || Count == 0)
        {
            return other.Count == 0 ? this : other;
        }

        ResourceAmounts result = this;
        foreach (ref readonly ResourceAmount amount in other.Amounts)
        {
            result = result.With(
                amount.Name, Find(amount.Name) is long mine ? both(mine, amount.Amount) : amount.Amount);
        }

        return result;
    }
}
