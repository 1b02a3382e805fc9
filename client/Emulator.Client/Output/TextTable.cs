using System.Text;

namespace Emulator.Client.Output;

/// <summary>Columns of text under headings, aligned by spaces; the last column is as wide as it is.</summary>
/// <remarks>The same on a terminal and in a file, so that what a person sees can be compared and searched.</remarks>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Prints the table.</summary>
    public void Write(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(c => _rows.Max(r => r[c].Length))];
        var line = new StringBuilder();
        foreach (string[] row in _rows)
        {
            line.Clear();
            for (int c = 0; c < row.Length; c++)
            {
                line.Append(c == row.Length - 1 ? row[c] : row[c].PadRight(widths[c] + 2));
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }
}
