using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>Starts the same exchange again and again at a steady rate; one way, it sends datagrams and expects
/// nothing.</summary>
/// <param name="Request">The exchange. Its flow is chosen anew for each one; a one-way stream is one flow.</param>
/// <param name="Interval">From the start of one to the start of the next, above zero.</param>
public sealed record TrafficGenerator(ExchangeRequest Request, SimDuration Interval) : Program
{
    /// <summary>When the first starts, after the program does.</summary>
    public SimDuration StartOffset { get; init; }

    /// <summary>For how long they start; null goes on until the program is killed.</summary>
    public SimDuration? Duration { get; init; }

    /// <summary>How many start at most; 0 sets no limit.</summary>
    public long CountMax { get; init; }

    /// <summary>UDP datagrams without an answer.</summary>
    public bool IsOneWay { get; init; }

    /// <summary>Exchanges under way at once; one more is skipped and noted. Default 1,024.</summary>
    public int OutstandingMax { get; init; } = 1_024;

    /// <inheritdoc/>
    public override string Name => "traffic-generator";

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">One way, and not UDP.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not above zero.</exception>
    public override Process Start()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Interval.Nanoseconds);
        if (IsOneWay && Request.Kind != ExchangeKind.Udp)
        {
            throw new NotSupportedException($"one-way traffic is UDP, not {Request.Kind}; use an exchange instead");
        }

        return IsOneWay ? new DatagramStream(this) : new ExchangeGenerator(this);
    }
}

/// <summary>Counts the starts of a <see cref="TrafficGenerator"/>.</summary>
internal sealed class TrafficClock(TrafficGenerator program)
{
    private SimTime _first;

    /// <summary>How many have started.</summary>
    public long Started { get; private set; }

    /// <summary>Sets the timer for the first.</summary>
    public void Begin(int timer, ProcessContext context)
    {
        _first = context.Now + program.StartOffset;
        context.StartTimer(timer, program.StartOffset);
    }

    /// <summary>Counts one, and sets the timer for the next; false when there is none.</summary>
    public bool Next(int timer, ProcessContext context)
    {
        Started++;
        SimTime next = _first + (program.Interval * Started);
        bool isOver = (program.CountMax > 0 && Started >= program.CountMax)
            || (program.Duration is SimDuration duration && next - _first >= duration);
        if (!isOver)
        {
            context.StartTimer(timer, next - context.Now);
        }

        return !isOver;
    }
}

/// <summary>A running <see cref="TrafficGenerator"/> of exchanges. Exits when the last has ended.</summary>
internal sealed class ExchangeGenerator(TrafficGenerator program) : Process
{
    private readonly TrafficClock _clock = new(program);
    private int _outstanding;
    private bool _isOver;

    public override void OnStart(ProcessContext context) => _clock.Begin(0, context);

    public override void OnTimer(int timer, ProcessContext context)
    {
        // The next is set first: the exchange may end at once.
        _isOver = !_clock.Next(0, context);
        if (_outstanding >= program.OutstandingMax)
        {
            context.Outbox.Journal.Write(new JournalEntry
            {
                TimeNanoseconds = context.Now.Nanoseconds,
                Actor = context.Self,
                Subject = "traffic skipped: too many exchanges under way",
                A = _outstanding,
                B = _clock.Started,
                Kind = JournalKind.Note,
            });
            return;
        }

        _outstanding++;
        context.RunExchange(program.Request with { Flow = 0 }, token: 0);
    }

    public override void OnExchange(int token, ExchangeResult result, ProcessContext context)
    {
        _outstanding--;
        if (_isOver && _outstanding == 0)
        {
            context.Exit(0);
        }
    }
}

/// <summary>A running <see cref="TrafficGenerator"/> of one-way datagrams: one exchange from its first to its
/// last.</summary>
internal sealed class DatagramStream(TrafficGenerator program) : Process
{
    private const int SendTimer = 0;
    private const int ResolverTimer = 1;
    private readonly TrafficClock _clock = new(program);
    private NameResolver? _resolver;
    private UdpSocket? _socket;
    private Endpoint _remote;
    private SimTime _started;
    private ulong _flow;
    private int _errors;

    public override void OnStart(ProcessContext context)
    {
        _flow = program.Request.Flow == 0 ? context.NewFlow() : program.Request.Flow;
        _started = context.Now;
        context.ExchangeStarted(_flow, program.Request);
        _resolver = new NameResolver(program.Request.Host, _flow, ResolverTimer, context);
        BeginWhenResolved(context);
    }

    public override void OnTimer(int timer, ProcessContext context)
    {
        if (timer == ResolverTimer)
        {
            _resolver?.OnTimer(context);
            BeginWhenResolved(context);
            return;
        }

        // The socket is there before the timer is set.
        if (_socket!.Send(_remote, program.Request.Bytes, _flow, false, context.Outbox) != SocketError.None)
        {
            _errors++;
        }

        if (!_clock.Next(SendTimer, context))
        {
            Finish(ExchangeOutcome.Sent, _errors == 0 ? "" : $"{_errors} datagrams could not be sent", context);
        }
    }

    public override void OnDatagram(
        UdpSocket socket, Core.Packets.IPv4Packet packet, Core.Packets.UdpDatagram datagram, ProcessContext context)
    {
        if (_resolver is not null && _resolver.Owns(socket))
        {
            _resolver.OnDatagram(datagram, context);
            BeginWhenResolved(context);
        }
    }

    public override void OnUdpError(UdpSocket socket, SocketFailure failure, ProcessContext context)
    {
        if (_resolver is not null && _resolver.Owns(socket))
        {
            _resolver.OnError(failure, context);
            BeginWhenResolved(context);
        }
    }

    private void BeginWhenResolved(ProcessContext context)
    {
        if (_resolver is not { IsDone: true } || _socket is not null)
        {
            return;
        }

        if (_resolver.Address is not IPv4Address address)
        {
            Finish(ExchangeOutcome.NameNotResolved, _resolver.Problem, context);
        }
        else if (!context.TryBindUdp(
            program.Request.LocalPort, out _socket, out SocketError error, program.Request.LocalAddress))
        {
            Finish(ExchangeOutcome.Error, error.ToString(), context);
        }
        else
        {
            _remote = new Endpoint(address, program.Request.Port);
            _clock.Begin(SendTimer, context);
        }
    }

    private void Finish(ExchangeOutcome outcome, string problem, ProcessContext context)
    {
        var result = new ExchangeResult
        {
            Outcome = outcome,
            Latency = context.Now - _started,
            Flow = _flow,
            BytesSent = (int)Math.Min(int.MaxValue, _clock.Started * program.Request.Bytes.Length),
            Remote = _remote,
            Problem = problem,
        };
        context.ExchangeEnded(_flow, outcome, result.Latency, 0, result);
        context.Exit(outcome == ExchangeOutcome.Sent ? 0 : 1);
    }
}
