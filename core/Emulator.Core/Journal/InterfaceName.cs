using Emulator.Core.Randomness;

namespace Emulator.Core.Journal;

/// <summary>A network interface's identity in the journal: the namespace that it is in and its name there.</summary>
/// <param name="netns">The namespace: the node's or host's name, or <c>namespace/pod</c>.</param>
/// <param name="node">The machine's name.</param>
/// <param name="name">The interface's name, such as <c>eth0</c>.</param>
public sealed class InterfaceName(string netns, string node, string name)
{
    /// <summary>The network namespace.</summary>
    public string Netns { get; } = netns;

    /// <summary>The machine.</summary>
    public string Node { get; } = node;

    /// <summary>The name inside the namespace.</summary>
    public string Name { get; } = name;

    /// <summary>A stable hash of all three, for the digest.</summary>
    public ulong Hash { get; } = StableHash.Combine(
        StableHash.Of(netns), StableHash.Combine(StableHash.Of(node), StableHash.Of(name)));

    /// <inheritdoc/>
    public override string ToString() => $"{Netns}:{Name}";
}
