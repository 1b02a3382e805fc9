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

        List<CompiledRule> rules = [];
        foreach (Hook hook in BuiltinChains.HooksOf(replace.Table))
        {
            rules.Clear();
            owners.ForEach(o => o.Content.Compiled.AddTo(rules, hook));
            _builtin[IndexOf(replace.Table, hook)] = rules.Count == 0 ? null : CompiledChain.Of([.. rules]);
        }

        Refresh();
    }

    /// <summary>The rules of a built-in chain, owner after owner.</summary>
    public IEnumerable<Rule> BuiltinRules(TableName table, Hook hook) =>
        _owners[(int)table].SelectMany(o => o.Content.Compiled.RulesOf(hook));

    /// <summary>The names of all <c>-m recent</c> lists that rules use.</summary>
    public HashSet<string> RecentListNames()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TableContent content in _owners.SelectMany(o => o).Select(o => o.Content))
        {
            names.UnionWith(content.Chains.SelectMany(c => c.Uses.RecentLists));
            names.UnionWith(content.Compiled.Uses.SelectMany(u => u.Uses.RecentLists));
        }

        return names;
    }

    private static int IndexOf(TableName table, Hook hook) => ((int)table * Hooks) + (int)hook;

    private void Refresh()
    {
        IsActive = Array.Exists(_owners, o => o.Count > 0) || Array.IndexOf(_dropPolicy, true) >= 0;
        Tracks = HasNat || Array.Exists(_owners, t => t.Exists(o => o.Content.Compiled.AsksConntrack));
    }

    private static void Check(ReplaceTable replace)
    {
        foreach ((Hook hook, ChainUses uses) in replace.Content.Compiled.Uses)
        {
            RequireHook(replace.Table, hook);
            string? wrong =
                uses.Depth > JumpDepthMax ? $"jumps {uses.Depth} chains deep; at most {JumpDepthMax} are allowed"
                : uses.Has(CompiledKind.Reject) && replace.Table != TableName.Filter
                    ? "reaches a REJECT; it is for the filter table"
                : uses.Has(CompiledKind.Notrack) && replace.Table != TableName.Raw
                    ? "reaches a CT --notrack; it is for the raw table"
                : uses.Has(CompiledKind.Dnat) && !IsNat(Hook.Prerouting, Hook.Output)
                    ? "reaches a DNAT; it is for PREROUTING and OUTPUT of the nat table"
                : uses.Has(CompiledKind.Snat) && !IsNat(Hook.Postrouting, Hook.Input)
                    ? "reaches a SNAT; it is for POSTROUTING and INPUT of the nat table"
                : uses.Has(CompiledKind.Masquerade) && !IsNat(Hook.Postrouting, Hook.Postrouting)
                    ? "reaches a MASQUERADE; it is for POSTROUTING of the nat table"
                : null;
            if (wrong is not null)
            {
                throw new ArgumentException(
                    $"{replace.Owner}'s table {BuiltinChains.NameOf(replace.Table)}: "
                    + $"chain {BuiltinChains.NameOf(hook)} {wrong}.");
            }

            bool IsNat(Hook first, Hook second) =>
                replace.Table == TableName.Nat && (hook == first || hook == second);
        }
    }

    private static void RequireHook(TableName table, Hook hook)
    {
        IReadOnlyList<Hook> hooks = BuiltinChains.HooksOf(table);
        if (!hooks.Contains(hook))
        {
            throw new ArgumentException(
                $"The table {BuiltinChains.NameOf(table)} has no chain {BuiltinChains.NameOf(hook)}; "
                + $"it has {string.Join(", ", hooks.Select(BuiltinChains.NameOf))}.");
        }
    }
}
