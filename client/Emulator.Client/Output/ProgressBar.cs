using System.Diagnostics;
using System.Globalization;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Spectre.Console;

namespace Emulator.Client.Output;

/// <summary>One line on a terminal that shows how far virtual time has come; nothing elsewhere.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int Width = 30;
    private const long RefreshMilliseconds = 100;

    private readonly IAnsiConsole? _console;
    private readonly RunEngine _engine;
    private long _shownAt;
    private long _eventsThen;
    private bool _isShown;

    /// <summary>A bar for a run.</summary>
    public ProgressBar(Streams streams, RunEngine engine)
    {
        _engine = engine;
        _console = streams.IsTerminal
            ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(streams.Out) }) : null;
    }

    /// <summary>Shows the line, at most ten times a second.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="now">Virtual time.</param>
    /// <param name="end">Where it ends; null when nobody knows.</param>
    public void Show(string what, SimTime now, SimTime? end)
    {
        if (_console is null || Stopwatch.GetElapsedTime(_shownAt).TotalMilliseconds < RefreshMilliseconds)
        {
            return;
        }

        long events = _engine.Statistics.Events;
        double seconds = _shownAt == 0 ? 0 : Stopwatch.GetElapsedTime(_shownAt).TotalSeconds;
        string rate = seconds == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $"{(events - _eventsThen) / seconds / 1_000_000:F2} M events/s");
        (_shownAt, _eventsThen) = (Stopwatch.GetTimestamp(), events);
        string bar = "";
        if (end is SimTime goal && goal.Nanoseconds > 0)
        {
            int filled = (int)(now.Nanoseconds * (Int128)Width / goal.Nanoseconds);
            bar = $"[green]{new string('━', filled)}[/][grey]{new string('━', Width - filled)}[/] ";
        }

        _console.Write(new ControlCode("\r\u001b[2K"));
        _console.Markup($"{what} {bar}{now.Nanoseconds / 1_000_000_000m:F1}s virtual  {rate}");
        _isShown = true;
    }

    /// <summary>Removes the line.</summary>
    public void Clear()
    {
        if (_isShown)
        {
            _console?.Write(new ControlCode("\r\u001b[2K"));
            _isShown = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
