namespace Emulator.Core.Documents;

/// <summary>How a place inside a document is written: <c>spec.nodes[0].labels[example.com/tier]</c>.</summary>
/// <remarks>Source: the paths in Kubernetes' own validation messages (apimachinery, field.Path).</remarks>
public static class FieldPath
{
    /// <summary>
    /// The path of a member: after a dot, or in brackets when its name holds more than letters, digits, - and _.
    /// </summary>
    public static string Member(string parent, string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
            {
                return $"{parent}[{name}]";
            }
        }

        return parent.Length == 0 ? name : $"{parent}.{name}";
    }

    /// <summary>The path of an array's element.</summary>
    public static string Item(string parent, int index) => $"{parent}[{index}]";

    /// <summary>A path inside an object that stands at another; either may be empty.</summary>
    public static string Below(string parent, string path) =>
        parent.Length == 0 || path.Length == 0 || path[0] == '[' ? parent + path : $"{parent}.{path}";

    /// <summary>The path without its last step; empty for a path of one step.</summary>
    public static string Parent(string path)
    {
        if (path.EndsWith(']'))
        {
            return path[..Math.Max(0, path.LastIndexOf('['))];
        }

        int dot = path.LastIndexOf('.');
        return dot < 0 ? "" : path[..dot];
    }
}
