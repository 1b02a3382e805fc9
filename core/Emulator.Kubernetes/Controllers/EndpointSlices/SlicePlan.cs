using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Controllers.EndpointSlices;

/// <summary>A slice as the plan sees it.</summary>
/// <param name="Name">Its name; null for one that is to be made.</param>
/// <param name="Endpoints">Its endpoints.</param>
public sealed record PlannedSlice(string? Name, IReadOnlyList<JsonObject> Endpoints);

/// <summary>Which slices to write so that they hold the wanted endpoints, touching as few as possible.</summary>
/// <remarks>
/// Source: k8s.io/endpointslice (reconcileByPortMapping). An endpoint stays in its slice. Slices that change anyway are
/// filled first, the fullest first; if the rest fits into one unchanged slice it goes there, else into new ones.
/// </remarks>
/// <param name="Create">New slices.</param>
/// <param name="Update">Slices with other endpoints than before.</param>
/// <param name="Delete">Slices that are empty now.</param>
public sealed record SlicePlan(
    IReadOnlyList<PlannedSlice> Create, IReadOnlyList<PlannedSlice> Update, IReadOnlyList<PlannedSlice> Delete)
{
    /// <summary>Compares what is there with what is wanted; both for one set of ports.</summary>
    /// <param name="existing">The slices.</param>
    /// <param name="desired">The endpoints by what identifies them; the order is the order of filling.</param>
    /// <param name="identity">What identifies an endpoint.</param>
    /// <param name="endpointsMax">How many endpoints a slice holds at most.</param>
    public static SlicePlan For(
        IReadOnlyList<PlannedSlice> existing, SortedDictionary<string, JsonObject> desired,
        Func<JsonObject, string> identity, int endpointsMax)
    {
        var left = new SortedDictionary<string, JsonObject>(desired, StringComparer.Ordinal);
        var changed = new List<(string? Name, List<JsonObject> Endpoints)>();
        var unchanged = new List<PlannedSlice>();
        var delete = new List<PlannedSlice>();
        foreach (PlannedSlice slice in existing)
        {
            List<JsonObject> kept = Keep(slice, left, identity, out bool differs);
            if (kept.Count == 0)
            {
                delete.Add(slice);
            }
            else if (differs)
            {
                changed.Add((slice.Name, kept));
            }
            else
            {
                unchanged.Add(slice);
            }
        }

        var rest = new Queue<JsonObject>(left.Values);
        foreach ((_, List<JsonObject> endpoints) in changed.OrderByDescending(c => c.Endpoints.Count))
        {
            Fill(endpoints, rest, endpointsMax);
        }

        var create = new List<PlannedSlice>();
        while (rest.Count > 0)
        {
            PlannedSlice? roomy = FullestWithRoom(unchanged, rest.Count, endpointsMax);
            List<JsonObject> endpoints = roomy is null ? [] : [.. roomy.Endpoints];
            Fill(endpoints, rest, endpointsMax);
            if (roomy is null)
            {
                create.Add(new PlannedSlice(null, endpoints));
            }
            else
            {
                unchanged.Remove(roomy);
                changed.Add((roomy.Name, endpoints));
            }
        }

        return new SlicePlan(create, [.. changed.Select(c => new PlannedSlice(c.Name, c.Endpoints))], delete);
    }

    private static List<JsonObject> Keep(
        PlannedSlice slice, SortedDictionary<string, JsonObject> left, Func<JsonObject, string> identity,
        out bool differs)
    {
        differs = false;
        var kept = new List<JsonObject>(slice.Endpoints.Count);
        foreach (JsonObject endpoint in slice.Endpoints)
        {
            if (left.Remove(identity(endpoint), out JsonObject? wanted))
            {
                differs |= !wanted.Equals(endpoint);
                kept.Add(wanted);
            }
            else
            {
                differs = true;
            }
        }

        return kept;
    }

    private static void Fill(List<JsonObject> endpoints, Queue<JsonObject> rest, int endpointsMax)
    {
        while (endpoints.Count < endpointsMax && rest.TryDequeue(out JsonObject? endpoint))
        {
            endpoints.Add(endpoint);
        }
    }

    private static PlannedSlice? FullestWithRoom(List<PlannedSlice> slices, int count, int endpointsMax)
    {
        PlannedSlice? fullest = null;
        foreach (PlannedSlice slice in slices)
        {
            if (slice.Endpoints.Count + count <= endpointsMax
                && (fullest is null || slice.Endpoints.Count > fullest.Endpoints.Count))
            {
                fullest = slice;
            }
        }

        return fullest;
    }
}
