namespace Emulator.Engine.Inputs;

/// <summary>
/// Everything that came into a run from outside, with the virtual time at which it entered. Inputs + seed + version =
/// the run.
/// </summary>
/// <remarks>The first line names the format; each further line is a <see cref="RecordedInput"/>.</remarks>
public sealed class InputLog
{
    /// <summary>The first line of a log.</summary>
    public const string Header = "emulator-inputs\t1";

    private readonly TextWriter _writer;
    private readonly IInputEncoding _encoding;

    /// <summary>A log that writes to a text writer, which the caller closes. Each line is flushed at once.</summary>
    public InputLog(TextWriter writer, IInputEncoding encoding)
    {
        _writer = writer;
        _encoding = encoding;
        _writer.WriteLine(Header);
    }

    /// <summary>Reads a log.</summary>
    /// <exception cref="FormatException">The text is not an input log of this version.</exception>
    public static IReadOnlyList<RecordedInput> Read(TextReader reader)
    {
        string? first = reader.ReadLine();
        if (first != Header)
        {
            throw new FormatException(
                $"Not an input log of this version: the first line is '{first}', not '{Header}'.");
        }

        List<RecordedInput> inputs = [];
        int number = 1;
        while (reader.ReadLine() is string line)
        {
            inputs.Add(RecordedInput.Parse(line, ++number));
        }

        return inputs;
    }

    /// <summary>Writes one input.</summary>
    internal void Write(long timeNanoseconds, Core.Actors.ActorRef to, Core.Actors.Message message)
    {
        RecordedInput input = new(timeNanoseconds, to.Machine.Name, to.Name, to.Incarnation, _encoding.Encode(message));
        _writer.WriteLine(input.ToLine());
        _writer.Flush();
    }
}
