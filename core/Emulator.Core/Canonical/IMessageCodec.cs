using Emulator.Core.Actors;

namespace Emulator.Core.Canonical;

/// <summary>
/// The one encoding of messages that cross processes, and of those that come from outside and are replayed. The engine
/// knows only this; which messages there are is known where they are all known.
/// </summary>
public interface IMessageCodec
{
    /// <summary>The version of the encoding; both ends must have one.</summary>
    int Version { get; }

    /// <summary>Writes a message.</summary>
    /// <exception cref="NotSupportedException">The message never leaves its machine; its type is named.</exception>
    void Write(CanonicalWriter writer, Message message);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no such message.</exception>
    Message Read(CanonicalReader reader);

    /// <summary>
    /// Whether what a journal entry is about is written as such; of anything else its text is enough.
    /// </summary>
    bool KnowsSubject(object subject);

    /// <summary>Writes what a journal entry is about.</summary>
    void WriteSubject(CanonicalWriter writer, object subject);

    /// <summary>Reads what <see cref="WriteSubject"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no such subject.</exception>
    object ReadSubject(CanonicalReader reader);
}
