using System.Runtime.CompilerServices;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>Reads this folder's Facts.</summary>
internal static class ControllerFacts
{
    public static IReadOnlyList<JsonValue> Cases(string file, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Facts", file); // A source file is in a folder.
        return JsonText.Parse(File.ReadAllText(path))["cases"]!.Items; // Every facts file has cases.
    }

    public static TheoryData<int, string> Names(string file)
    {
        var names = new TheoryData<int, string>();
        IReadOnlyList<JsonValue> cases = Cases(file);
        for (int i = 0; i < cases.Count; i++)
        {
            names.Add(i, cases[i]["name"]!.AsString!); // Every case has a name.
        }

        return names;
    }

    public static ApiObject Object(ResourceType type, JsonValue? json) =>
        new(type, json as JsonObject ?? JsonObject.Empty);

    public static int Int(JsonValue @case, string member) => (int)(@case[member]?.AsInt64
        ?? throw new InvalidOperationException($"{@case["name"]}: no {member}"));

    public static bool Bool(JsonValue @case, string member) => @case[member]?.AsBool
        ?? throw new InvalidOperationException($"{@case["name"]}: no {member}");
}
