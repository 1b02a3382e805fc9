using Emulator.Core.Actors;

namespace Emulator.Underlay;

/// <summary>Where a link is plugged in: a machine's root actor and its interface index or port.</summary>
/// <param name="Actor">The actor that receives.</param>
/// <param name="Port">The interface index or port that it receives at.</param>
public readonly record struct LinkEnd(ActorRef Actor, int Port);

/// <summary>A cable between two machines: two one-way wires, each owned by the machine that sends on it.</summary>
public sealed class Link
{
    /// <summary>A link between two ends.</summary>
    /// <param name="a">One end.</param>
    /// <param name="b">The other end.</param>
    /// <param name="aToB">What the wire from a to b is like.</param>
    /// <param name="bToA">What the wire back is like; null for the same.</param>
    /// <exception cref="ArgumentException">The latency of a wire is not above zero, or both ends are one
    /// machine.</exception>
    public Link(LinkEnd a, LinkEnd b, WireOptions aToB, WireOptions? bToA = null)
    {
        if (ReferenceEquals(a.Actor.Machine, b.Actor.Machine))
        {
            throw new ArgumentException(
                $"{a.Actor.Name} and {b.Actor.Name} are on one machine, {a.Actor.Machine.Name}; "
                + "a link joins two machines.");
        }

        AToB = new Wire(a.Actor, b.Actor, b.Port, aToB);
        BToA = new Wire(b.Actor, a.Actor, a.Port, bToA ?? aToB);
    }

    /// <summary>The wire from the first end to the second.</summary>
    public Wire AToB { get; }

    /// <summary>The wire from the second end to the first.</summary>
    public Wire BToA { get; }

    /// <summary>The machine at the first end.</summary>
    public MachineRef A => AToB.Sender.Machine;

    /// <summary>The machine at the second end.</summary>
    public MachineRef B => BToA.Sender.Machine;
}
