namespace Emulator.Linux.Netfilter;

/// <summary>
/// A user-defined chain: a named list of rules. Immutable; rules jump to other chains by reference, so a table is a
/// graph of chains that thousands of namespaces share, and only the built-in chains are a namespace's own.
/// </summary>
/// <remarks>A chain can only jump to chains made before it, so there are no loops.</remarks>
public sealed class Chain
{
    private readonly Rule[] _rules;

    /// <summary>A chain of these rules.</summary>
    public Chain(string name, IReadOnlyList<Rule> rules)
    {
        Name = name;
        _rules = [.. rules.Select(r => r.ChainName == name ? r : r with { ChainName = name })];
        Uses = ChainUses.Of(_rules);
    }

    /// <summary>The name, at most 28 characters as in Linux.</summary>
    public string Name { get; }

    /// <summary>The rules, in order.</summary>
    public IReadOnlyList<Rule> Rules => _rules;

    /// <summary>The rules as a span, for the walk.</summary>
    internal ReadOnlySpan<Rule> RuleSpan => _rules;

    /// <summary>What the rules use, chains that they jump to included.</summary>
    internal ChainUses Uses { get; }

    /// <summary>
    /// The compiled form, made at first use and shared by all namespaces (making it twice does no harm).
    /// </summary>
    internal CompiledChain Compiled => field ??= CompiledChain.Of(_rules);
}
