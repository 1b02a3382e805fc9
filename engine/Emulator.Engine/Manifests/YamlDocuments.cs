using Emulator.Core.Documents;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Emulator.Engine.Manifests;

/// <summary>Reads multi-document YAML text into JSON values and keeps the line of every field.</summary>
/// <remarks>
/// Source: YAML 1.2.2 for the structure (YamlDotNet parses it), <see cref="YamlScalar"/> for what words mean. Anchors,
/// aliases
/// and merge keys work; a key written twice is refused; empty documents are skipped.
/// </remarks>
internal static class YamlDocuments
{
    /// <summary>Appends the documents of a text, or the mistakes in them.</summary>
    public static void Read(string text, string file, List<ManifestDocument> documents, List<ManifestError> errors)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            while (!parser.Accept<StreamEnd>(out _))
            {
                DocumentStart start = parser.Consume<DocumentStart>();
                var composer = new YamlComposer(parser, file);
                JsonValue content = composer.Compose();
                parser.Consume<DocumentEnd>();
                errors.AddRange(composer.Errors);
                if (composer.Errors.Count == 0 && content is not JsonNull)
                {
                    int line = composer.FirstLine == 0 ? (int)start.Start.Line : composer.FirstLine;
                    documents.Add(new ManifestDocument(content, file, line, composer.Lines));
                }
            }
        }
        catch (YamlException e)
        {
            // The parser cannot go on after a syntax error: the rest of this file stays unread, other files do not.

            errors.Add(new ManifestError(file, (int)e.Start.Line, "",
            $"not YAML: {Sentence(e.Message)} Correct the text here."));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner gives up like this on some broken flow collections, without a place.
            int line = (int)(parser.Current?.End.Line ?? 1);
            errors.Add(new ManifestError(
                file, line, "", "not YAML: the text cannot be read after this line. Correct it, perhaps by closing a [ "
                + "or {."));
        }
    }

    private static string Sentence(string message)
    {
        string text = message.Trim();
        return text.EndsWith('.') ? text : text + ".";
    }
}
