namespace Emulator.Linux.Netfilter;

/// <summary>
/// A user-defined chain: a named list of rules. Immutable; rules jump to other chains by reference, so a table is a graph of
/// chains that thousands of namespaces share, and only the built-in chains are a namespace's own.
/// </summary>
public sealed class Chain
{
    private readonly Rule[] _rules;

    /// <summary>A chain of these rules.</summary>
    public Chain(string name, IReadOnlyList<Rule> rules)
    {
        Name = name;
        _rules = [.. rules.Select(r => r.ChainName == name ? r : r with { ChainName = name })];
    }

    /// <summary>The name, at most 28 characters as in Linux.</summary>
    public string Name { get; }

    /// <summary>The rules, in order.</summary>
    public IReadOnlyList<Rule> Rules => _rules;

    /// <summary>The rules as a span, for the walk.</summary>
    internal ReadOnlySpan<Rule> RuleSpan => _rules;
}
