using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>
/// Amounts by resource name, as in <c>requests</c>, <c>limits</c>, <c>capacity</c>: sorted by name, nothing for the
/// rest.
/// </summary>
public sealed class ResourceList
{
    private readonly KeyValuePair<string, Quantity>[] _amounts;

    private ResourceList(KeyValuePair<string, Quantity>[] amounts) => _amounts = amounts;

    /// <summary>No amounts.</summary>
    public static readonly ResourceList Empty = new([]);

    /// <summary>The amounts, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, Quantity>> Amounts => _amounts;

    /// <summary>The amount of a resource; zero when it is not listed.</summary>
    public Quantity this[string resource] => TryGet(resource, out Quantity amount) ? amount : Quantity.Zero;

    /// <summary>Reads a map of quantities (text or numbers); what is no quantity is left out.</summary>
    public static ResourceList From(JsonValue? json) => json is JsonObject map ? map.Parsed(Read) : Empty;

    /// <summary>A list of these amounts.</summary>
    public static ResourceList Of(params IEnumerable<KeyValuePair<string, Quantity>> amounts) =>
        new([.. amounts.OrderBy(a => a.Key, StringComparer.Ordinal)]);

    /// <summary>The amount of a resource, if it is listed.</summary>
    public bool TryGet(string resource, out Quantity amount)
    {
        foreach (ref readonly KeyValuePair<string, Quantity> pair in _amounts.AsSpan())
        {
            if (pair.Key == resource)
            {
                amount = pair.Value;
                return true;
            }
        }

        amount = Quantity.Zero;
        return false;
    }

    /// <summary>The text or number of a quantity in a document.</summary>
    public static string? TextOf(JsonValue? json) => json is JsonNumber number ? number.Text : json?.AsString;

    private static ResourceList Read(JsonObject map)
    {
        var amounts = new List<KeyValuePair<string, Quantity>>(map.Pairs.Count);
        foreach (KeyValuePair<string, JsonValue> pair in map.Pairs)
        {
            if (Quantity.TryParse(TextOf(pair.Value), out Quantity amount))
            {
                amounts.Add(KeyValuePair.Create(pair.Key, amount));
            }
        }

        return Of(amounts);
    }
}
