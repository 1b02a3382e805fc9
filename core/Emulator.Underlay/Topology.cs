using Emulator.Core.Actors;

namespace Emulator.Underlay;

/// <summary>All links of a run, in the order in which they were added.</summary>
public sealed class Topology
{
    private readonly List<Link> _links = [];

    /// <summary>The links.</summary>
    public IReadOnlyList<Link> Links => _links;

    /// <summary>Every wire of every link: what an engine must know for its lookahead.</summary>
    public IEnumerable<Wire> Wires
    {
        get
        {
            foreach (Link link in _links)
            {
                yield return link.AToB;
                yield return link.BToA;
            }
        }
    }

    /// <summary>Adds a link and gives it back.</summary>
    public Link Add(Link link)
    {
        _links.Add(link);
        return link;
    }

    /// <summary>The first link between two machines, whichever way round, or null.</summary>
    public Link? Find(MachineRef one, MachineRef other)
    {
        foreach (Link link in _links)
        {
            if ((ReferenceEquals(link.A, one) && ReferenceEquals(link.B, other))
                || (ReferenceEquals(link.A, other) && ReferenceEquals(link.B, one)))
            {
                return link;
            }
        }

        return null;
    }
}
