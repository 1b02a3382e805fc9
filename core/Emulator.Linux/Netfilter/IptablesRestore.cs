using Emulator.Linux.Netlink;

namespace Emulator.Linux.Netfilter;

/// <summary>One table as read from text.</summary>
/// <param name="Table">Which.</param>
/// <param name="Content">The rules and chains, for <see cref="ReplaceTable"/>.</param>
/// <param name="Policies">Built-in chains that the text names, and whether their policy is DROP.</param>
public sealed record RestoredTable(
    TableName Table, TableContent Content, IReadOnlyList<(Hook Hook, bool Drop)> Policies);

/// <summary>Reads the text that <c>iptables-save</c> writes and <c>iptables-restore</c> takes.</summary>
public static class IptablesRestore
{
    /// <summary>The tables of a text, in its order. Counters are read over.</summary>
    /// <exception cref="FormatException">Something is unknown or misplaced, or chains jump in a circle; the message
    /// names the line.</exception>
    public static IReadOnlyList<RestoredTable> Parse(string text)
    {
        List<RestoredTable> tables = [];
        TableReader? table = null;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            try
            {
                switch (line)
                {
                    case "" or ['#', ..]:
                        break;
                    case ['*', .. string name]:
                        table = new TableReader(TableOf(name));
                        break;
                    case "COMMIT":
                        tables.Add((table ?? throw new FormatException("COMMIT stands before a table.")).Read());
                        table = null;
                        break;
                    default:
                        (table ?? throw new FormatException($"'{line}' stands before a table.")).Add(line);
                        break;
                }
            }
            catch (FormatException wrong)
            {
                throw new FormatException($"line {i + 1}: {wrong.Message}", wrong);
            }
        }

        return table is null ? tables : throw new FormatException("The last table has no COMMIT.");
    }

    private static TableName TableOf(string name)
    {
        foreach (TableName table in Enum.GetValues<TableName>())
        {
            if (BuiltinChains.NameOf(table) == name)
            {
                return table;
            }
        }

        throw new FormatException($"The table {name} is not known; known are raw, mangle, nat and filter.");
    }

    /// <summary>
    /// Collects one table's lines; chains are made when the table ends, those that are jumped to first.
    /// </summary>
    private sealed class TableReader(TableName table)
    {
        private readonly List<(Hook Hook, bool Drop)> _policies = [];
        private readonly List<string> _names = [];
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<string>> _lines = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Chain> _chains = new(StringComparer.Ordinal);
        private readonly List<string> _path = [];

        public void Add(string line)
        {
            if (line[0] == ':')
            {
                AddChain(line);
                return;
            }

            string[] words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
            if (words[0] is not ("-A" or "--append") || words.Length < 2)
            {
                throw new FormatException($"'{line}' is not known; lines are -A CHAIN … and :CHAIN POLICY [0:0].");
            }

            if (!_lines.TryGetValue(words[1], out List<string>? lines))
            {
                throw new FormatException(
                    $"'{line}': the chain {words[1]} is not declared; put ':{words[1]} - [0:0]' above.");
            }

            lines.Add(line);
        }

        public RestoredTable Read()
        {
            List<(Hook Hook, Rule Rule)> builtin = [];
            foreach (Hook hook in BuiltinChains.HooksOf(table))
            {
                if (_lines.TryGetValue(BuiltinChains.NameOf(hook), out List<string>? lines))
                {
                    builtin.AddRange(lines.Select(line => (hook, RuleText.Parse(line, ChainOf))));
                }
            }

            Chain[] chains = [.. _names.Select(n => ChainOf(n)!)]; // Every declared name has its lines.
            return new RestoredTable(table, new TableContent(builtin, chains), _policies);
        }

        private void AddChain(string line)
        {
            string[] words = line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !_lines.TryAdd(words[0], []))
            {
                throw new FormatException($"'{line}' is not ':CHAIN POLICY [0:0]', or declares a chain twice.");
            }

            foreach (Hook hook in BuiltinChains.HooksOf(table))
            {
                if (BuiltinChains.NameOf(hook) == words[0])
                {
                    _policies.Add((hook, words[1] switch
                    {
                        "ACCEPT" => false,
                        "DROP" => true,
                        _ => throw new FormatException($"'{line}': a policy is ACCEPT or DROP."),
                    }));
                    return;
                }
            }

            if (words[1] != "-")
            {
                throw new FormatException($"'{line}': only built-in chains have a policy; write - for {words[0]}.");
            }

            _names.Add(words[0]);
            _known.Add(words[0]);
        }

        private Chain? ChainOf(string name)
        {
            if (_chains.TryGetValue(name, out Chain? chain))
            {
                return chain;
            }

            if (!_lines.TryGetValue(name, out List<string>? lines) || !_known.Contains(name))
            {
                return null;
            }

            if (_path.Contains(name))
            {
                throw new FormatException($"chains jump in a circle: {string.Join(" -> ", _path)} -> {name}.");
            }

            if (_path.Count > RuleTables.JumpDepthMax)
            {
                throw new FormatException(
                    $"chains jump more than {RuleTables.JumpDepthMax} deep: {string.Join(" -> ", _path)} -> {name}.");
            }

            _path.Add(name);
            chain = new Chain(name, [.. lines.Select(line => RuleText.Parse(line, ChainOf))]);
            _path.RemoveAt(_path.Count - 1);
            _chains.Add(name, chain);
            return chain;
        }
    }
}
