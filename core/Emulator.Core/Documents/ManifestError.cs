namespace Emulator.Core.Documents;

/// <summary>A person's mistake in a document: where it is, what is wrong with which value, and the cure.</summary>
/// <param name="File">The file as the person named it; <c>-</c> for standard input.</param>
/// <param name="Line">The line, from 1; 0 where no line is meant (a file that does not exist).</param>
/// <param name="Path">The field, as <see cref="FieldPath"/> writes it; empty for the document as a whole.</param>
/// <param name="Message">The value, what is wrong with it, and what to write instead.</param>
public sealed record ManifestError(string File, int Line, string Path, string Message)
{
    /// <summary><c>cluster.yaml:7: spec.podCIDR: '10.244.0.0' is not a CIDR block; write …</c></summary>
    public override string ToString() =>
        $"{File}{(Line > 0 ? $":{Line}" : "")}: {(Path.Length > 0 ? Path + ": " : "")}{Message}";
}
