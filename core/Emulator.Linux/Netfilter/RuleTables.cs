using Emulator.Linux.Netlink;

namespace Emulator.Linux.Netfilter;

/// <summary>The tables of one namespace: what each owner put there, and the built-in chains that come of it.</summary>
internal sealed class RuleTables
{
    /// <summary>The deepest that chains may jump (Linux' NFT_JUMP_STACK_SIZE).</summary>
    public const int JumpDepthMax = 16;

    private const int Hooks = 5;

    private static readonly TableName[] Names = [TableName.Raw, TableName.Mangle, TableName.Nat, TableName.Filter];

    private readonly List<ReplaceTable>[] _owners = [[], [], [], []];
    private readonly CompiledChain?[] _builtin = new CompiledChain?[Names.Length * Hooks];
    private readonly bool[] _dropPolicy = new bool[Names.Length * Hooks];

    /// <summary>Whether anything is there at all: a rule, a chain or a policy of DROP.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Whether connections are tracked: there is a nat table, or a rule asks for a state.</summary>
    public bool Tracks { get; private set; }

    /// <summary>Whether there is a nat table.</summary>
    public bool HasNat => _owners[(int)TableName.Nat].Count > 0;

    /// <summary>The rules of a built-in chain, or null when it has none.</summary>
    public CompiledChain? Builtin(TableName table, Hook hook) => _builtin[IndexOf(table, hook)];

    /// <summary>Whether the built-in chain drops what its rules leave undecided.</summary>
    public bool DropsByPolicy(TableName table, Hook hook) => _dropPolicy[IndexOf(table, hook)];

    /// <summary>Sets a built-in chain's policy.</summary>
    public void SetPolicy(TableName table, Hook hook, bool drop)
    {
        RequireHook(table, hook);
        _dropPolicy[IndexOf(table, hook)] = drop;
        Refresh();
    }

    /// <summary>What the owners have in a table, in the order of the built-in chains.</summary>
    public IReadOnlyList<ReplaceTable> Owners(TableName table) => _owners[(int)table];

    /// <summary>Replaces one owner's part; a content without rules and chains takes the owner out.</summary>
    public void Replace(ReplaceTable replace)
    {
        Check(replace);
        List<ReplaceTable> owners = _owners[(int)replace.Table];
        owners.RemoveAll(o => o.Owner == replace.Owner);
        if (replace.Content.Builtin.Count + replace.Content.Chains.Count > 0)
        {
            owners.Add(replace);
            owners.Sort((a, b) =>
                a.Order != b.Order ? a.Order.CompareTo(b.Order) : string.CompareOrdinal(a.Owner, b.Owner));
        }

        for (Hook hook = Hook.Prerouting; hook <= Hook.Postrouting; hook++)
        {
            Rule[] rules = [.. BuiltinRules(replace.Table, hook)];
            _builtin[IndexOf(replace.Table, hook)] = rules.Length == 0 ? null : CompiledChain.Of(rules);
        }

        Refresh();
    }

    /// <summary>The rules of a built-in chain, owner after owner.</summary>
    public IEnumerable<Rule> BuiltinRules(TableName table, Hook hook)
    {
        string name = BuiltinChains.NameOf(hook);
        return _owners[(int)table].SelectMany(o => o.Content.Builtin).Where(b => b.Hook == hook)
            .Select(b => b.Rule.ChainName == name ? b.Rule : b.Rule with { ChainName = name });
    }

    /// <summary>The names of all <c>-m recent</c> lists that rules use.</summary>
    public HashSet<string> RecentListNames()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TableContent content in _owners.SelectMany(o => o).Select(o => o.Content))
        {
            names.UnionWith(content.Chains.SelectMany(c => c.Uses.RecentLists));
            names.UnionWith(content.Builtin.SelectMany(b => ChainUses.Of([b.Rule]).RecentLists));
        }

        return names;
    }

    private static int IndexOf(TableName table, Hook hook) => ((int)table * Hooks) + (int)hook;

    private void Refresh()
    {
        IsActive = Array.Exists(_owners, o => o.Count > 0) || Array.IndexOf(_dropPolicy, true) >= 0;
        Tracks = HasNat || Names.Any(t => _owners[(int)t].Any(o => o.Content.Builtin.Any(
            b => ChainUses.Of([b.Rule]).AsksConntrack)));
    }

    private static void Check(ReplaceTable replace)
    {
        string where = $"{replace.Owner}'s table {BuiltinChains.NameOf(replace.Table)}";
        foreach ((Hook hook, Rule rule) in replace.Content.Builtin)
        {
            RequireHook(replace.Table, hook);
            ChainUses uses = ChainUses.Of([rule]);
            string chain = BuiltinChains.NameOf(hook);
            Require(uses.Depth <= JumpDepthMax,
                $"{where}: chain {chain} jumps {uses.Depth} chains deep; at most {JumpDepthMax} are allowed.");
            Require(!uses.Has(CompiledKind.Reject) || replace.Table == TableName.Filter,
                $"{where}: chain {chain} reaches a REJECT; it is for the filter table.");
            Require(!uses.Has(CompiledKind.Notrack) || replace.Table == TableName.Raw,
                $"{where}: chain {chain} reaches a CT --notrack; it is for the raw table.");
            Require(!uses.Has(CompiledKind.Dnat) || IsNat(Hook.Prerouting, Hook.Output),
                $"{where}: chain {chain} reaches a DNAT; it is for PREROUTING and OUTPUT of the nat table.");
            Require(!uses.Has(CompiledKind.Snat) || IsNat(Hook.Postrouting, Hook.Input),
                $"{where}: chain {chain} reaches a SNAT; it is for POSTROUTING and INPUT of the nat table.");
            Require(!uses.Has(CompiledKind.Masquerade) || IsNat(Hook.Postrouting, Hook.Postrouting),
                $"{where}: chain {chain} reaches a MASQUERADE; it is for POSTROUTING of the nat table.");

            bool IsNat(Hook first, Hook second) => replace.Table == TableName.Nat && (hook == first || hook == second);
        }
    }

    private static void RequireHook(TableName table, Hook hook) => Require(
        BuiltinChains.HooksOf(table).Contains(hook),
        $"The table {BuiltinChains.NameOf(table)} has no chain {BuiltinChains.NameOf(hook)}; "
        + $"it has {string.Join(", ", BuiltinChains.HooksOf(table).Select(BuiltinChains.NameOf))}.");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
