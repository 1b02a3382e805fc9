using Emulator.Core.Documents;

namespace Emulator.Engine.Manifests;

/// <summary>Reads manifests from files, folders and standard input, YAML or JSON, as kubectl does with <c>-R
/// -f</c>.</summary>
/// <remarks>
/// A folder gives its <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c> files, with those of its sub-folders, sorted by
/// their
/// ordinal paths. A file named by itself may have any ending. <c>-</c> is standard input. JSON is told from YAML by the
/// ending
/// <c>.json</c>, or for other names by an opening brace. Reading goes on after a mistake, so that all are reported at
/// once.
/// </remarks>
public static class ManifestReader
{
    /// <summary>The largest file that is read: 64 MiB.</summary>
    public const long FileBytesMax = 64L << 20;

    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <summary>Reads everything that the paths name.</summary>
    public static ManifestSet Read(IReadOnlyList<string> paths, TextReader standardInput)
    {
        var documents = new List<ManifestDocument>();
        var errors = new List<ManifestError>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            foreach (string file in FilesOf(path, errors))
            {
                if (seen.Add(file == "-" ? "-" : Path.GetFullPath(file)))
                {
                    ReadFile(file, standardInput, documents, errors);
                }
            }
        }

        return new ManifestSet(documents, errors);
    }

    /// <summary>Reads the documents of one text.</summary>
    public static ManifestSet ReadText(string text, string file)
    {
        var documents = new List<ManifestDocument>();
        var errors = new List<ManifestError>();
        ReadText(text, file, documents, errors);
        return new ManifestSet(documents, errors);
    }

    private static List<string> FilesOf(string path, List<ManifestError> errors)
    {
        if (path == "-" || File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            errors.Add(new ManifestError(path, 0, "",
            "no such file or folder; check the path, or give - for standard input."));
            return [];
        }

        List<string> files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(f => Endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        if (files.Count == 0)
        {
            errors.Add(new ManifestError(path, 0, "",
            "the folder holds no *.yaml, *.yml or *.json file; name one that does."));
        }

        return files;
    }

    private static void ReadFile(
        string file, TextReader standardInput, List<ManifestDocument> documents, List<ManifestError> errors)
    {
        string text;
        try
        {
            if (file != "-" && new FileInfo(file).Length > FileBytesMax)
            {
                errors.Add(new ManifestError(file, 0, "", $"larger than {FileBytesMax >> 20} MiB; split the file."));
                return;
            }

            text = file == "-" ? standardInput.ReadToEnd() : File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ManifestError(file, 0, "", $"cannot be read ({e.Message}); check its permissions."));
            return;
        }

        ReadText(text, file, documents, errors);
    }

    private static void ReadText(string text, string file, List<ManifestDocument> documents, List<ManifestError> errors)
    {
        var read = new List<ManifestDocument>();
        var mistakes = new List<ManifestError>();
        bool isJson = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || (!file.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase)
                && !file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)
                && text.AsSpan().TrimStart().StartsWith("{"));
        if (isJson)
        {
            JsonDocuments.Read(text, file, read, mistakes);
        }
        else
        {
            YamlDocuments.Read(text, file, read, mistakes);
        }

        foreach (ManifestDocument document in read)
        {
            ObjectList.Expand(document, documents, mistakes);
        }

        errors.AddRange(mistakes.OrderBy(m => m.Line));
    }
}
