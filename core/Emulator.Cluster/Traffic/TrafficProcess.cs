using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Linux.Processes;

namespace Emulator.Cluster.Traffic;

/// <summary>A running <see cref="TrafficProgram"/>.</summary>
internal sealed class TrafficProcess(TrafficProgram program) : Process
{
    private const int NextTimer = 1;

    private SimTime _first;
    private long _started;
    private int _underWay;
    private bool _reportedFull;

    public override void OnStart(ProcessContext context)
    {
        _first = context.Now + program.StartDelay;
        context.StartTimer(NextTimer, program.StartDelay);
    }

    public override void OnTimer(int timer, ProcessContext context)
    {
        if (_underWay < program.UnderWayMax)
        {
            _underWay++;
            context.RunExchange(program.Request, 0);
        }
        else if (!_reportedFull)
        {
            _reportedFull = true;
            context.Outbox.Journal.Write(new JournalEntry
            {
                TimeNanoseconds = context.Now.Nanoseconds,
                Actor = context.Self,
                Subject = "traffic: exchanges left out, too many are under way",
                A = program.UnderWayMax,
                Kind = JournalKind.Note,
            });
        }

        // Each start is counted from the first, so that rounding never adds up.
        SimTime next = _first + (program.Interval * ++_started);
        if (program.Duration is not SimDuration length || next < _first + length)
        {
            context.StartTimer(NextTimer, next - context.Now);
        }
    }

    public override void OnExchange(int token, ExchangeResult result, ProcessContext context) => _underWay--;
}
