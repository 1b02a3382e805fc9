namespace Emulator.Linux.Netfilter;

/// <summary>
/// A chain ready to be walked: flat rules, with an index before each long run of rules for one address or port.
/// </summary>
/// <remarks>
/// In a run every rule asks for one destination address (<c>-d 10.96.0.10/32</c>), or every rule for one destination
/// port. A packet can only match the rules of its own key, so the walk goes from one of those to the next and misses
/// nothing: the first match, the order of draws and the details are those of a walk rule by rule.
/// </remarks>
internal sealed class CompiledChain
{
    /// <summary>The shortest run that gets an index.</summary>
    public const int RunMin = 8;

    private enum RunKey : byte
    {
        None,
        Destination,
        DestinationPort,
    }

    private CompiledChain(CompiledRule[] rules) => Rules = rules;

    public CompiledRule[] Rules { get; }

    /// <summary>Compiles rules, once for all namespaces that share their chain.</summary>
    public static CompiledChain Of(ReadOnlySpan<Rule> source)
    {
        CompiledRule[] flat = new CompiledRule[source.Length];
        for (int i = 0; i < flat.Length; i++)
        {
            flat[i] = RuleCompiler.Compile(source[i]);
        }

        return Of(flat);
    }

    /// <summary>A chain of rules that are compiled already.</summary>
    public static CompiledChain Of(CompiledRule[] flat)
    {
        List<CompiledRule> rules = new(flat.Length + 4);
        int start = 0;
        while (start < flat.Length)
        {
            RunKey key = KeyOf(flat[start]);
            int end = start + 1;
            while (key != RunKey.None && end < flat.Length && KeyOf(flat[end]) == key)
            {
                end++;
            }

            AddRun(flat.AsSpan(start, end - start), key, rules);
            start = end;
        }

        return new CompiledChain([.. rules]);
    }

    /// <summary>Where the walk goes on for a packet that comes to an index.</summary>
    public static int Enter(in CompiledRule index, in PacketView view)
    {
        RunIndex run = (RunIndex)index.Argument!; // Every rule of kind Index carries one.
        uint key = run.ByPort ? (uint)view.DestinationPort : view.Destination;
        return run.First.TryGetValue(key, out int first) ? first : index.Following;
    }

    private static RunKey KeyOf(in CompiledRule rule) =>
        rule.DestinationMask == uint.MaxValue ? RunKey.Destination
        : rule.DestinationPortFirst >= 0 && rule.DestinationPortSpan == 0 ? RunKey.DestinationPort
        : RunKey.None;

    private static void AddRun(ReadOnlySpan<CompiledRule> run, RunKey key, List<CompiledRule> rules)
    {
        if (key == RunKey.None || run.Length < RunMin)
        {
            foreach (CompiledRule rule in run)
            {
                rules.Add(rule with { Following = rules.Count + 1 });
            }

            return;
        }

        int begin = rules.Count + 1;
        int end = begin + run.Length;
        bool byPort = key == RunKey.DestinationPort;
        Dictionary<uint, int> first = new(run.Length);
        CompiledRule[] linked = run.ToArray();
        for (int i = linked.Length - 1; i >= 0; i--)
        {
            uint value = byPort ? (uint)linked[i].DestinationPortFirst : linked[i].Destination;
            linked[i].Following = first.GetValueOrDefault(value, end);
            first[value] = begin + i;
        }

        RunIndex index = new(byPort, first);
        rules.Add(CompiledRule.TakesAll with { Kind = CompiledKind.Index, Following = end, Argument = index });
        rules.AddRange(linked);
    }

    /// <summary>The first rule of a run for each key.</summary>
    private sealed record RunIndex(bool ByPort, Dictionary<uint, int> First);
}
