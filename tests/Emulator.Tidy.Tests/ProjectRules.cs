using System.Xml.Linq;

namespace Emulator.Tidy.Tests;

/// <summary>Rules about which project may refer to which, and to which package.</summary>
public static class ProjectRules
{
    /// <summary>
    /// The projects of core, and what each may refer to: the arrows that the compiler is to forbid are missing here.
    /// </summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Emulator.Core"] = [],
        ["Emulator.Underlay"] = ["Emulator.Core"],
        ["Emulator.Linux"] = ["Emulator.Core", "Emulator.Underlay"],
        ["Emulator.Kubernetes"] = ["Emulator.Core", "Emulator.Linux"],
        ["Emulator.Cluster"] = ["Emulator.Core", "Emulator.Underlay", "Emulator.Linux", "Emulator.Kubernetes"],
    };

    public static IEnumerable<string> Packages(SourceFile project) => project.IsUnder("core")
        ? Included(project, "PackageReference").Select(
            package => $"{project.Path}: package {package}; core has no packages.")
        : [];

    public static IEnumerable<string> References(SourceFile project)
    {
        if (!project.IsUnder("core"))
        {
            yield break;
        }

        string name = Path.GetFileNameWithoutExtension(project.Name);
        if (!Allowed.TryGetValue(name, out string[]? allowed))
        {
            yield return $"{project.Path}: a project that the rules of core do not know; say what it may refer to.";
            yield break;
        }

        foreach (string reference in Included(project, "ProjectReference"))
        {
            string target = Path.GetFileNameWithoutExtension(reference.Replace('\\', '/').Split('/')[^1]);
            if (!allowed.Contains(target, StringComparer.Ordinal))
            {
                yield return $"{project.Path}: refers to {target}; "
                    + $"{name} may refer to {string.Join(", ", allowed)} only.";
            }
        }
    }

    private static IEnumerable<string> Included(SourceFile project, string element) =>
        XDocument.Parse(project.Text).Descendants(element).Select(item => item.Attribute("Include")?.Value ?? "");
}
