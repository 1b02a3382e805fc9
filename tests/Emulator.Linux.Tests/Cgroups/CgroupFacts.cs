using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>Reads what a real kernel did from the folder <c>Facts</c> beside this file.</summary>
internal static class CgroupFacts
{
    public static JsonElement Read(string file, string group, [CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "Facts", file); // A source file is in a folder.
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.GetProperty(group).Clone();
    }
}
