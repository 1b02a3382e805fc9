using System.Runtime.CompilerServices;
using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>Reads a file of this folder's Facts.</summary>
public static class Facts
{
    public static IReadOnlyList<JsonValue> Cases(string file, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Facts", file); // A source file is in a folder.
        return JsonText.Parse(File.ReadAllText(path))["cases"]!.Items; // Every facts file has cases.
    }
}
