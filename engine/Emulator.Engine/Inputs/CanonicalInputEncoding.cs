using Emulator.Core.Actors;
using Emulator.Core.Canonical;

namespace Emulator.Engine.Inputs;

/// <summary>Inputs as lines: the message's type for people, a space, and its canonical bytes in base64.</summary>
/// <remarks>The bytes begin with the codec's version. One owner at a time.</remarks>
/// <param name="codec">Writes and reads the messages.</param>
/// <param name="directory">Finds the actors that messages name.</param>
public sealed class CanonicalInputEncoding(IMessageCodec codec, IActorDirectory directory) : IInputEncoding
{
    private readonly CanonicalWriter _writer = new();

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The message is one that does not come from outside.</exception>
    public string Encode(Message message)
    {
        _writer.Clear();
        _writer.Varint((ulong)codec.Version);
        codec.Write(_writer, message);
        return $"{message.GetType().Name} {Convert.ToBase64String(_writer.Written)}";
    }

    /// <inheritdoc/>
    public Message Decode(string line)
    {
        int space = line.IndexOf(' ');
        byte[] bytes = new byte[line.Length];
        if (space < 1 || !Convert.TryFromBase64Chars(line.AsSpan(space + 1), bytes, out int length))
        {
            throw new FormatException($"'{line}' is no input; it is a type's name, a space and bytes in base64.");
        }

        var reader = new CanonicalReader(bytes.AsMemory(0, length), directory);
        ulong version = reader.Varint();
        if (version != (ulong)codec.Version)
        {
            throw new FormatException(
                $"an input of the codec's version {version}, and this program speaks {codec.Version}; "
                + "replay it with the program that recorded it.");
        }

        Message message = codec.Read(reader);
        if (reader.Remaining > 0)
        {
            throw reader.Malformed($"{reader.Remaining} bytes are left over");
        }

        string name = message.GetType().Name;
        return line.AsSpan(0, space).SequenceEqual(name)
            ? message : throw new FormatException($"'{line}' says {line[..space]}, and its bytes are a {name}.");
    }
}
