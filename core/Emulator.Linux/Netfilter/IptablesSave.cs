using System.Text;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// The text of <c>iptables-save</c> (nft back end, 1.8.9), without its two comment lines, which carry a date.
/// </summary>
public static class IptablesSave
{
    /// <summary>The tool's order of tables.</summary>
    private static readonly TableName[] Order = [TableName.Mangle, TableName.Raw, TableName.Filter, TableName.Nat];

    /// <summary>All tables that exist in a namespace. Counters read zero: rules do not count.</summary>
    public static string Write(Netfilter netfilter)
    {
        StringBuilder text = new();
        foreach (TableName table in Order)
        {
            WriteTable(netfilter.Tables, table, text);
        }

        return text.ToString();
    }

    private static void WriteTable(RuleTables tables, TableName table, StringBuilder text)
    {
        IReadOnlyList<Hook> hooks = BuiltinChains.HooksOf(table);
        IReadOnlyList<ReplaceTable> owners = tables.Owners(table);
        if (owners.Count == 0 && !hooks.Any(h => tables.DropsByPolicy(table, h)))
        {
            return;
        }

        Chain[] chains = [.. owners.SelectMany(o => o.Content.Chains).Distinct()
            .OrderBy(c => c.Name, StringComparer.Ordinal)];
        text.Append('*').Append(BuiltinChains.NameOf(table)).Append('\n');
        foreach (Hook hook in hooks)
        {
            string policy = tables.DropsByPolicy(table, hook) ? "DROP" : "ACCEPT";
            text.Append($":{BuiltinChains.NameOf(hook)} {policy} [0:0]\n");
        }

        foreach (string name in chains.Select(c => c.Name).Distinct())
        {
            text.Append($":{name} - [0:0]\n");
        }

        IEnumerable<Rule> builtin = hooks.SelectMany(h => tables.BuiltinRules(table, h));
        foreach (Rule rule in builtin.Concat(chains.SelectMany(c => c.Rules)))
        {
            text.Append(RuleText.Write(rule)).Append('\n');
        }

        text.Append("COMMIT\n");
    }
}
