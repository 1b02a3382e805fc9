using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay;

/// <summary>
/// One direction of a link between two machines, owned by the machine that sends: its queue, rate, faults and dice.
/// </summary>
/// <remarks>
/// A frame meets, in this order: a cut (<c>LinkDown</c>), duplication and loss (<c>LinkLoss</c>), the queue before the
/// wire (<c>QdiscDrop</c>), transmission at the wire's rate, a token bucket (<see cref="Tbf"/>), what tc-netem would do
/// (<see cref="Netem"/>: more loss, copies, damage, delay), the latency, and delay and jitter on top of it. Nothing
/// arrives sooner than the least latency. Sessions of API clients share rate, cuts, netem's delay and loss, but nothing
/// of theirs is lost: what would be is sent again 200 ms later (TCP_RTO_MIN), in order; the token bucket does not hold
/// them.
/// In: frames and session segments from the sender's network card or port.
/// Out: the same to <see cref="Receiver"/>; drops and copies to the journal, at the sender.
/// </remarks>
public sealed class Wire : IShapedEnd
{
    /// <summary>How long after a lost session segment it is sent again: Linux' TCP_RTO_MIN.</summary>
    public const long RetransmissionNanoseconds = 200_000_000;

    /// <summary>How often in a row one session segment may be lost before it gets through all the same.</summary>
    public const int RetransmissionsMax = 15;

    /// <summary>How many session segments wait for a cut wire; more are lost, with a note in the journal.</summary>
    public const int SessionsWaitingMax = 65_536;

    private readonly SessionLane _sessions;
    private readonly DepartureQueue _queue = new();
    private readonly FrameShaper _shaper;
    private WireDice? _dice;
    private long _freeAt;
    private bool _isPlain;

    /// <summary>A wire from one actor to another.</summary>
    /// <param name="sender">Who sends: the root of its machine.</param>
    /// <param name="receiver">Who receives.</param>
    /// <param name="receiverPort">The receiver's interface index or port.</param>
    /// <param name="options">What the wire is like; its latency is the least that it will ever have.</param>
    /// <exception cref="ArgumentException">The latency is not above zero, or another option is out of its
    /// range.</exception>
    public Wire(ActorRef sender, ActorRef receiver, int receiverPort, WireOptions options)
    {
        Sender = sender;
        Receiver = receiver;
        ReceiverPort = receiverPort;
        LeastLatencyNanoseconds = options.LatencyNanoseconds;
        Options = options;
        _sessions = new SessionLane(this);
        _shaper = new FrameShaper(sender, $"{receiver.Name}/{receiverPort}", this);
        Adopt(options);
    }

    /// <summary>What the wire is like now; <see cref="Change"/> replaces it.</summary>
    public WireOptions Options { get; private set; }

    /// <summary>Who sends.</summary>
    public ActorRef Sender { get; }

    /// <summary>Who receives.</summary>
    public ActorRef Receiver { get; }

    /// <summary>The receiver's interface index or port.</summary>
    public int ReceiverPort { get; }

    /// <summary>The latency that the wire was made with: a fault may raise it, never go below.</summary>
    public long LeastLatencyNanoseconds { get; }

    /// <summary>Session segments that wait for a cut wire.</summary>
    public int SessionsWaiting => _sessions.WaitingCount;

    /// <summary>Makes the wire different from now on. Frames already on it arrive as they would have.</summary>
    /// <exception cref="ArgumentException">The latency is below the least, or another option is out of its
    /// range.</exception>
    public void Change(WireOptions options, Outbox outbox)
    {
        Adopt(options);
        _sessions.Resume(outbox);
    }

    /// <summary>Sends a frame: it arrives at the receiver's port later, or ends here with a reason.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offsetNanoseconds">Processing time at the sender since now: when the frame reaches the
    /// wire.</param>
    /// <param name="at">The sending interface, for the journal.</param>
    /// <param name="outbox">Where it goes.</param>
    public void Transmit(EthernetFrame frame, long offsetNanoseconds, InterfaceName at, Outbox outbox)
    {
        if (_isPlain)
        {
            outbox.Send(Receiver, frame, offsetNanoseconds + Options.LatencyNanoseconds, ReceiverPort);
            return;
        }

        if (!Options.IsUp)
        {
            outbox.Dropped(Sender, frame.Payload, DropReason.LinkDown, at: at, offsetNanoseconds: offsetNanoseconds);
            return;
        }

        WireDice dice = DiceOf(outbox);
        int copies = dice.Duplicates(Options.Duplicate, frame.Payload, outbox) ? 2 : 1;
        copies -= dice.Loses(Options.Loss, frame.Payload, outbox) ? 1 : 0;
        if (copies == 0)
        {
            outbox.Dropped(Sender, frame.Payload, DropReason.LinkLoss, at: at, offsetNanoseconds: offsetNanoseconds);
            return;
        }

        if (copies == 2)
        {
            outbox.Copied(Sender, frame.Payload, 1);
        }

        for (int i = 0; i < copies; i++)
        {
            Carry(frame, offsetNanoseconds, at, outbox);
        }
    }

    /// <summary>Sends a session segment, in order.</summary>
    public void Transmit(SessionSegment segment, Outbox outbox) => _sessions.Send(segment, outbox);

    /// <summary>The wire's dice, thrown for the first time when an impairment asks.</summary>
    internal WireDice DiceOf(Outbox outbox) => _dice ??= new WireDice(outbox.Seed, Sender, Receiver, ReceiverPort);

    /// <summary>What netem does to sessions; null for nothing.</summary>
    internal Netem? SessionNetemOf(Outbox outbox) => _shaper.SessionNetem(outbox);

    /// <summary>Puts bytes on the wire, beside the bound of the queue.</summary>
    /// <returns>When the last bit has left.</returns>
    internal long TransmitBytes(int bytes, long at, long now)
    {
        long departure = Math.Max(at, _freeAt) + TransmissionNanoseconds(bytes);
        if (at <= now && Options.RateBitsPerSecond > 0)
        {
            _freeAt = departure;
        }

        return departure;
    }

    private void Carry(EthernetFrame frame, long offset, InterfaceName at, Outbox outbox)
    {
        long reaches = outbox.Now.Nanoseconds + offset;
        long departure = reaches;
        if (Options.RateBitsPerSecond > 0)
        {
            _queue.RemoveUntil(reaches);
            if (_queue.Count > Options.QueueLengthMax)
            {
                outbox.Dropped(Sender, frame.Payload, DropReason.QdiscDrop, at: at, offsetNanoseconds: offset);
                return;
            }

            long transmission = TransmissionNanoseconds(frame.Length);
            departure = Math.Max(reaches, _freeAt) + transmission;
            _freeAt = departure;
            _queue.Enqueue(departure);
            if (outbox.Journal.Detail)
            {
                outbox.Detail(
                    Sender, JournalKind.Queue, frame.Payload, at, departure - transmission - reaches, transmission);
            }
        }

        _shaper.Shape(frame, departure, at, outbox);
    }

    void IShapedEnd.Launch(EthernetFrame frame, long departure, Outbox outbox)
    {
        long delay = departure - outbox.Now.Nanoseconds + Options.LatencyNanoseconds;
        WireDice dice = DiceOf(outbox);
        if (!dice.Overtakes(Options.Reorder, frame.Payload, outbox))
        {
            delay += Options.ExtraDelayNanoseconds + dice.Jitter(Options.JitterNanoseconds);
        }

        outbox.Send(Receiver, frame, delay, ReceiverPort);
    }

    private long TransmissionNanoseconds(int bytes)
    {
        long rate = Options.RateBitsPerSecond;
        return rate == 0 ? 0 : ((bytes * 8_000_000_000L) + rate - 1) / rate;
    }

    private void Adopt(WireOptions options)
    {
        options.Validate(Sender.Machine.Name, Receiver.Machine.Name);
        if (options.LatencyNanoseconds < LeastLatencyNanoseconds)
        {
            throw new ArgumentException(
                $"{Sender.Machine.Name} to {Receiver.Machine.Name}: a latency of {options.LatencyNanoseconds} ns is "
                + $"below the {LeastLatencyNanoseconds} ns that the wire was made with; a fault may only raise it.");
        }

        Options = options;
        _isPlain = options.IsPlain;
        _shaper.Adopt(options.Tbf, options.Netem);
    }
}
