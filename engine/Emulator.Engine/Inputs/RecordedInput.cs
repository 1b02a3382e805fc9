using System.Globalization;

namespace Emulator.Engine.Inputs;

/// <summary>One line of an input log: when, to whom, what.</summary>
/// <param name="TimeNanoseconds">When it entered the run, a whole millisecond of virtual time.</param>
/// <param name="Machine">The receiver's machine.</param>
/// <param name="Actor">The receiver's name.</param>
/// <param name="Incarnation">The receiver's incarnation, or empty.</param>
/// <param name="Text">The message, as its encoding writes it.</param>
public sealed record RecordedInput(long TimeNanoseconds, string Machine, string Actor, string Incarnation, string Text)
{
    /// <summary>The fields separated by tabs: time, machine, actor, incarnation, message.</summary>
    /// <exception cref="FormatException">A field holds a tab or a line break.</exception>
    public string ToLine()
    {
        string[] fields = [TimeNanoseconds.ToString(CultureInfo.InvariantCulture), Machine, Actor, Incarnation, Text];
        foreach (string field in fields)
        {
            if (field.AsSpan().IndexOfAny('\t', '\n', '\r') >= 0)
            {
                throw new FormatException(
                    $"Input for {Actor}: '{field}' holds a tab or a line break; its encoding must escape them.");
            }
        }

        return string.Join('\t', fields);
    }

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number in the log, for the error.</param>
    /// <exception cref="FormatException">The line has not five fields or its time is no whole number.</exception>
    public static RecordedInput Parse(string line, int number)
    {
        string[] fields = line.Split('\t');
        if (fields.Length != 5
            || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long time))
        {
            throw new FormatException(
                $"Input log, line {number}: '{line}' is not time, machine, actor, incarnation and message "
                + "separated by tabs.");
        }

        return new RecordedInput(time, fields[1], fields[2], fields[3], fields[4]);
    }
}
