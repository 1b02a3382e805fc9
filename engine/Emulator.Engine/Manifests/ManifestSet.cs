using Emulator.Core.Documents;

namespace Emulator.Engine.Manifests;

/// <summary>What was read: all documents and all errors. With one error or more, nothing of it may be
/// applied.</summary>
/// <param name="Documents">The documents in the order of files, and within a file as written; lists are
/// expanded.</param>
/// <param name="Errors">Every mistake found while reading, in the same order.</param>
public sealed record ManifestSet(IReadOnlyList<ManifestDocument> Documents, IReadOnlyList<ManifestError> Errors);
