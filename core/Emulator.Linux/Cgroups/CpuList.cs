using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Emulator.Linux.Cgroups;

/// <summary>A set of CPUs as the kernel writes it: <c>0-1,4</c>.</summary>
/// <remarks>Source: Linux Documentation/admin-guide/cgroup-v2.rst, cpuset.cpus; bitmap_parselist.</remarks>
public sealed class CpuList
{
    /// <summary>The highest number of a CPU.</summary>
    public const int NumberMax = 8_191;

    private readonly SortedSet<int> _numbers;

    private CpuList(SortedSet<int> numbers) => _numbers = numbers;

    /// <summary>How many there are.</summary>
    public int Count => _numbers.Count;

    /// <summary>The numbers, rising.</summary>
    public IEnumerable<int> Numbers => _numbers;

    /// <summary>Reads numbers and ranges with commas between; nothing at all is no CPU.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CpuList? list)
    {
        var numbers = new SortedSet<int>();
        list = null;
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last)
                || last < first)
            {
                return false;
            }

            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        list = new CpuList(numbers);
        return true;
    }

    /// <summary>Whether both have a CPU.</summary>
    public bool Overlaps(CpuList other) => _numbers.Overlaps(other._numbers);

    /// <inheritdoc/>
    public override string ToString()
    {
        var ranges = new List<(int First, int Last)>();
        foreach (int number in _numbers)
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
            {
                ranges[^1] = (ranges[^1].First, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return string.Join(',', ranges.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}"));
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= NumberMax;
}
