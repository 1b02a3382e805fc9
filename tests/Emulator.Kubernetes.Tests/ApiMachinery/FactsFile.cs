using System.Runtime.CompilerServices;
using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Tests.ApiMachinery;

/// <summary>Reads a file of this folder's Facts: outcomes that Kubernetes' own tests state.</summary>
internal static class FactsFile
{
    public static JsonValue Read(string file, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Facts", file); // A source file is in a folder.
        return JsonText.Parse(File.ReadAllText(path));
    }

    public static TheoryData<int> Cases(string file, string group)
    {
        var places = new TheoryData<int>();
        for (int i = 0; i < Read(file)[group]!.Items.Count; i++) // Every group that a test names is there.
        {
            places.Add(i);
        }

        return places;
    }

    // The facts' form is fixed.
    public static string Text(this JsonValue value, int place) => value.Items[place].AsString!;

    // The facts' form is fixed.
    public static long Number(this JsonValue value, int place) => value.Items[place].AsInt64!.Value;

    // The facts' form is fixed.
    public static bool Flag(this JsonValue value, int place) => value.Items[place].AsBool!.Value;
}
