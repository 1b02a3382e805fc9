using System.Text;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Cuts a line of rule text into words; double quotes hold spaces, a backslash inside them takes the next character
/// as it is.
/// </summary>
internal static class RuleTokens
{
    /// <summary>The words of a line.</summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static List<string> Split(string line)
    {
        List<string> words = [];
        int i = 0;
        while (i < line.Length)
        {
            if (line[i] is ' ' or '\t')
            {
                i++;
                continue;
            }

            StringBuilder word = new();
            i = line[i] == '"' ? ReadQuoted(line, i + 1, word) : ReadBare(line, i, word);
            words.Add(word.ToString());
        }

        return words;
    }

    private static int ReadBare(string line, int i, StringBuilder word)
    {
        while (i < line.Length && line[i] is not (' ' or '\t'))
        {
            word.Append(line[i++]);
        }

        return i;
    }

    private static int ReadQuoted(string line, int i, StringBuilder word)
    {
        while (i < line.Length && line[i] != '"')
        {
            i += line[i] == '\\' && i + 1 < line.Length ? 1 : 0;
            word.Append(line[i++]);
        }

        return i < line.Length
            ? i + 1 : throw new FormatException($"'{line}': a quote is not closed; add \" at its end.");
    }
}
