using Emulator.Linux.Netlink;

namespace Emulator.Linux.Netfilter;

/// <summary>The built-in rules of a table's content, compiled once for all namespaces that share it.</summary>
internal sealed class CompiledContent
{
    private readonly (Hook Hook, Rule Rule, CompiledRule Flat, ChainUses Uses)[] _rules;

    public CompiledContent(TableContent content)
    {
        _rules = [.. content.Builtin.Select(b =>
        {
            string name = BuiltinChains.NameOf(b.Hook);
            Rule rule = b.Rule.ChainName == name ? b.Rule : b.Rule with { ChainName = name };
            return (b.Hook, rule, RuleCompiler.Compile(rule), ChainUses.Of([rule]));
        })];
        AsksConntrack = _rules.Any(r => r.Uses.AsksConntrack);
    }

    /// <summary>Whether a rule asks connection tracking.</summary>
    public bool AsksConntrack { get; }

    /// <summary>Each rule's hook and what it uses.</summary>
    public IEnumerable<(Hook Hook, ChainUses Uses)> Uses => _rules.Select(r => (r.Hook, r.Uses));

    /// <summary>The rules of a hook.</summary>
    public IEnumerable<Rule> RulesOf(Hook hook) => _rules.Where(r => r.Hook == hook).Select(r => r.Rule);

    /// <summary>Appends the compiled rules of a hook.</summary>
    public void AddTo(List<CompiledRule> rules, Hook hook)
    {
        foreach ((Hook at, _, CompiledRule flat, _) in _rules)
        {
            if (at == hook)
            {
                rules.Add(flat);
            }
        }
    }
}
