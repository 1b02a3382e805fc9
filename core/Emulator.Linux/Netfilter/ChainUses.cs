namespace Emulator.Linux.Netfilter;

/// <summary>
/// What a list of rules uses, the chains that it jumps to included; what a table may hold is checked with it.
/// </summary>
/// <param name="Kinds">A bit (1 shifted by <see cref="CompiledKind"/>) for each kind of target.</param>
/// <param name="Depth">How many jumps deep it goes: 0 without jumps.</param>
/// <param name="AsksConntrack">Whether a match asks connection tracking.</param>
/// <param name="RecentLists">The <c>-m recent</c> lists that are named, some maybe more than once.</param>
internal sealed record ChainUses(int Kinds, int Depth, bool AsksConntrack, IReadOnlyList<string> RecentLists)
{
    private static readonly ChainUses Nothing = new(0, 0, false, []);

    public bool Has(CompiledKind kind) => (Kinds & (1 << (int)kind)) != 0;

    /// <summary>Adds up rules.</summary>
    public static ChainUses Of(ReadOnlySpan<Rule> rules)
    {
        int kinds = 0;
        int depth = 0;
        bool asks = false;
        List<string>? lists = null;
        foreach (Rule rule in rules)
        {
            Chain? chain = rule.Target switch { JumpTarget jump => jump.Chain, GotoTarget go => go.Chain, _ => null };
            kinds |= chain is null ? BitOf(rule.Target) : chain.Uses.Kinds;
            depth = chain is null ? depth : Math.Max(depth, chain.Uses.Depth + 1);
            asks |= chain?.Uses.AsksConntrack ?? false;
            foreach (Match match in rule.Matches)
            {
                asks |= match is ConntrackStateMatch;
                if (match is RecentMatch recent)
                {
                    (lists ??= []).Add(recent.List);
                }
            }
        }

        bool isPlain = kinds == 0 && depth == 0 && !asks && lists is null;
        return isPlain ? Nothing : new ChainUses(kinds, depth, asks, lists ?? []);
    }

    private static int BitOf(Target target) => target switch
    {
        RejectTarget => 1 << (int)CompiledKind.Reject,
        DnatTarget => 1 << (int)CompiledKind.Dnat,
        SnatTarget => 1 << (int)CompiledKind.Snat,
        MasqueradeTarget => 1 << (int)CompiledKind.Masquerade,
        NotrackTarget => 1 << (int)CompiledKind.Notrack,
        _ => 0,
    };
}
