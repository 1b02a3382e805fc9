using System.Text.RegularExpressions;

namespace Emulator.Tidy.Tests;

/// <summary>
/// Rules about the text of a C# file. Each gives one sentence for each breach: where, what, and what to do instead.
/// </summary>
public static partial class SourceRules
{
    public const int LinesMax = 400;
    public const int ColumnsMax = 120;
    public const int FunctionLinesMax = 70;

    public static readonly IReadOnlyDictionary<string, Func<SourceFile, IEnumerable<string>>> All =
        new SortedDictionary<string, Func<SourceFile, IEnumerable<string>>>(StringComparer.Ordinal)
        {
            ["file length"] = FileLength,
            ["line length"] = LineLength,
            ["function length"] = FunctionLength,
            ["type names"] = TypeNames,
            ["file names"] = FileNames,
            ["unfinished work"] = UnfinishedWork,
            ["regions"] = Regions,
            ["partial types"] = PartialTypes,
            ["hash codes in core"] = HashCodes,
            ["clocks and dice"] = ClocksAndDice,
            ["sleeping tests"] = SleepingTests,
        };

    public static IEnumerable<string> FileLength(SourceFile file)
    {
        int lines = file.Lines.Length;
        if (lines > LinesMax && !file.Path.EndsWith(".Generated.cs", StringComparison.Ordinal))
        {
            yield return $"{file.Path}: {lines} lines; {LinesMax} is the wall: one concept a file.";
        }
    }

    public static IEnumerable<string> LineLength(SourceFile file) =>
        ByLine(file, line => line.Length > ColumnsMax, $"longer than {ColumnsMax} columns; break it");

    public static IEnumerable<string> FunctionLength(SourceFile file)
    {
        string[] lines = file.Lines;
        for (int i = 1; i < lines.Length; i++)
        {
            string indent = lines[i][..^lines[i].TrimStart().Length];
            if (lines[i].TrimStart() != "{" || indent.Length < 4 || !lines[i - 1].TrimEnd().EndsWith(')'))
            {
                continue;
            }

            int end = Array.FindIndex(lines, i, line => line.StartsWith(indent + "}", StringComparison.Ordinal));
            bool isType = TypeDeclaration().IsMatch(lines[i - 1]);
            if (!isType && end - i - 1 > FunctionLinesMax)
            {
                yield return $"{file.Path}:{i}: a block of {end - i - 1} lines; {FunctionLinesMax} is a screen: "
                    + "branch in the parent, compute in the leaves.";
            }
        }
    }

    public static IEnumerable<string> TypeNames(SourceFile file) =>
        TypeDeclaration().Matches(file.Text)
            .Select(match => match.Groups["name"].Value)
            .Where(name => EmptyWord().IsMatch(name))
            .Select(name => $"{file.Path}: {name} is named for what it is not; use the field's own word.");

    public static IEnumerable<string> FileNames(SourceFile file)
    {
        if (EmptyWord().IsMatch(file.Name[..^".cs".Length]))
        {
            yield return $"{file.Path}: a file is named for its one concept; use the field's own word.";
        }
    }

    public static IEnumerable<string> UnfinishedWork(SourceFile file) =>
        ByLine(
            file,
            Unfinished().IsMatch,
            "unfinished work; refuse aloud with NotSupportedException and list it in the README");

    public static IEnumerable<string> Regions(SourceFile file) =>
        ByLine(file, line => line.TrimStart().StartsWith(
            "#" + "region", StringComparison.Ordinal), "a region hides size; split the file");

    public static IEnumerable<string> PartialTypes(SourceFile file) =>
        file.Text.Contains("[GeneratedRegex", StringComparison.Ordinal)
        ? []
        : ByLine(file, Partial().IsMatch, "a partial type hides size; make two types");

    /// <summary>Overriding is for look-ups and may be right; calling somebody's hash code never is.</summary>
    public static IEnumerable<string> HashCodes(SourceFile file) =>
        file.IsUnder("core")
            ? ByLine(file, HashCode().IsMatch, "hash codes differ from run to run; use StableHash")
            : [];

    public static IEnumerable<string> ClocksAndDice(SourceFile file) =>
        file.IsUnder("core", "engine/Emulator.Engine/Execution")
            ? ByLine(file, ClockOrDice().IsMatch, "time arrives with the message, dice come from RandomStream")
            : [];

    public static IEnumerable<string> SleepingTests(SourceFile file) =>
        file.IsUnder("tests") ? ByLine(file, Sleep().IsMatch, "tests do not sleep; virtual time does not need it") : [];

    private static IEnumerable<string> ByLine(SourceFile file, Func<string, bool> breaks, string what)
    {
        string[] lines = file.Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            if (breaks(lines[i]))
            {
                yield return $"{file.Path}:{i + 1}: {what}.";
            }
        }
    }

    [GeneratedRegex(
        @"^\s*(?:(?:public|internal|private|protected|sealed|abstract|static|readonly|partial|file|ref)\s+)*"
        + @"(?:class|interface|enum|struct|record(?:\s+(?:struct|class))?)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("(?:Manager|Helper|Helpers|Util|Utils|Utilities|Common|Base|Info|Data)$")]
    private static partial Regex EmptyWord();

    // Written apart, so that this file does not break its own rule.
    [GeneratedRegex(@"\b(?:TO" + @"DO|FIX" + @"ME|HA" + @"CK|NotImplemented" + "Exception)")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\s*(?:[a-z]+\s+)*partial\s+(?:class|record|struct|interface)\b")]
    private static partial Regex Partial();

    [GeneratedRegex(@"\bHashCode\.|(?<!\boverride int )\bGetHashCode\s*\(")]
    private static partial Regex HashCode();

    [GeneratedRegex(
        @"\bDateTime(?:Offset)?\.(?:Utc)?(?:Now|Today)\b|\bEnvironment\.TickCount|\bnew Random\(|\bRandom\.Shared\b"
        + @"|\bGuid\.(?:NewGuid|CreateVersion7)\b|\bTimeProvider\.System\b")]
    private static partial Regex ClockOrDice();

    [GeneratedRegex(@"\bThread\." + @"Sleep\(|\bTask\." + @"Delay\(")]
    private static partial Regex Sleep();
}
