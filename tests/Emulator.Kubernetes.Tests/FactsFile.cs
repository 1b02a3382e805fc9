using System.Runtime.CompilerServices;
using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Tests;

/// <summary>Reads files of the Facts beside the test that asks: outcomes that Kubernetes' own tests state, in a form
/// that is this project's own.</summary>
internal static class FactsFile
{
    /// <summary>The whole file.</summary>
    public static JsonValue Read(string file, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Facts", file); // A source file is in a folder.
        return JsonText.Parse(File.ReadAllText(path));
    }

    /// <summary>The cases of a file that has them in one list.</summary>
    public static IReadOnlyList<JsonValue> Cases(string file, [CallerFilePath] string here = "") =>
        Read(file, here)["cases"]!.Items; // Every file that a test asks so has cases.

    /// <summary>Places and names of these cases.</summary>
    public static TheoryData<int, string> Names(string file, [CallerFilePath] string here = "")
    {
        var names = new TheoryData<int, string>();
        IReadOnlyList<JsonValue> cases = Cases(file, here);
        for (int i = 0; i < cases.Count; i++)
        {
            names.Add(i, cases[i]["name"]!.AsString!); // Every case has a name.
        }

        return names;
    }

    /// <summary>Checks every case of a group, of which there must be so many.</summary>
    public static void Each(
        string file, string group, int count, Func<JsonValue, (string Expected, string Seen)> check,
        [CallerFilePath] string here = "")
    {
        IReadOnlyList<JsonValue> cases = Read(file, here)["groups"]![group]!.Items; // Every group of a test is there.
        Assert.Equal(count, cases.Count);
        foreach (JsonValue test in cases)
        {
            (string expected, string seen) = check(test);
            Assert.Equal($"{test["name"]}: {expected}", $"{test["name"]}: {seen}");
        }
    }

    /// <summary>A member's text; empty where there is none.</summary>
    public static string Text(JsonValue value, string name) => value[name]?.AsString ?? "";

    // The facts' form is fixed.
    public static string Text(this JsonValue value, int place) => value.Items[place].AsString!;

    // The facts' form is fixed.
    public static long Number(this JsonValue value, int place) => value.Items[place].AsInt64!.Value;

    // The facts' form is fixed.
    public static bool Flag(this JsonValue value, int place) => value.Items[place].AsBool!.Value;
}
