using Emulator.Core.Actors;

namespace Emulator.Engine.Inputs;

/// <summary>The canonical text of the messages that may come from outside, one line each.</summary>
public interface IInputEncoding
{
    /// <summary>The message as one line without tabs or line breaks.</summary>
    string Encode(Message message);

    /// <summary>The message that a line stands for.</summary>
    /// <exception cref="FormatException">The line is no such message.</exception>
    Message Decode(string line);
}
