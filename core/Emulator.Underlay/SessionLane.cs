using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay;

/// <summary>
/// How API sessions cross a wire: first in, first out. What the wire loses is sent again, so that loss and cuts appear
/// as
/// delay.
/// </summary>
internal sealed class SessionLane(Wire wire)
{
    private readonly Queue<(SessionSegment Segment, long SentAt)> _waiting = new();
    private long _lastArrival;
    private bool _reportedFull;

    /// <summary>Segments that wait for the wire to come up again.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Sends a segment, or keeps it while the wire is cut.</summary>
    public void Send(SessionSegment segment, Outbox outbox)
    {
        long now = outbox.Now.Nanoseconds;
        if (_waiting.Count == 0 && CanCarry)
        {
            Carry(segment, now, outbox);
            return;
        }

        if (_waiting.Count < Wire.SessionsWaitingMax)
        {
            _waiting.Enqueue((segment, now));
            return;
        }

        if (!_reportedFull)
        {
            _reportedFull = true;
            outbox.Journal.Write(new JournalEntry
            {
                TimeNanoseconds = now,
                Actor = wire.Sender,
                Subject = "wire: session segments lost, too many wait for a cut wire",
                A = Wire.SessionsWaitingMax,
                Kind = JournalKind.Note,
            });
        }
    }

    /// <summary>Sends what waited, if the wire carries again: at the next retransmission of each segment.</summary>
    public void Resume(Outbox outbox)
    {
        if (!CanCarry)
        {
            return;
        }

        _reportedFull = false;
        long now = outbox.Now.Nanoseconds;
        while (_waiting.TryDequeue(out (SessionSegment Segment, long SentAt) waiting))
        {
            long step = Wire.RetransmissionNanoseconds;
            long retries = (now - waiting.SentAt + step - 1) / step;
            Carry(waiting.Segment, waiting.SentAt + (retries * step), outbox);
        }
    }

    private bool CanCarry => wire.Options.IsUp && wire.Options.Loss.Numerator < wire.Options.Loss.Denominator
        && wire.Options.Netem?.Loss is not { IsCertain: true };

    private void Carry(SessionSegment segment, long at, Outbox outbox)
    {
        WireOptions options = wire.Options;
        if (options.Loss.Numerator > 0)
        {
            for (int i = 0; i < Wire.RetransmissionsMax && wire.DiceOf(outbox).LosesSession(options.Loss); i++)
            {
                at += Wire.RetransmissionNanoseconds;
            }
        }

        long left = wire.TransmitBytes(segment.LengthBytes, at, outbox.Now.Nanoseconds);
        long arrival = PassNetem(segment, left, outbox)
            + options.LatencyNanoseconds + options.ExtraDelayNanoseconds;
        if (options.JitterNanoseconds > 0)
        {
            arrival += wire.DiceOf(outbox).SessionJitter(options.JitterNanoseconds);
        }

        _lastArrival = Math.Max(arrival, _lastArrival);
        outbox.Send(wire.Receiver, segment, _lastArrival - outbox.Now.Nanoseconds, wire.ReceiverPort);
    }

    private long PassNetem(SessionSegment segment, long at, Outbox outbox)
    {
        if (wire.SessionNetemOf(outbox) is not { } netem)
        {
            return at;
        }

        QdiscFate fate = netem.Enqueue(segment.LengthBytes, at).Frame;
        for (int i = 0; i < Wire.RetransmissionsMax && fate.Drop != DropReason.None; i++)
        {
            at += Wire.RetransmissionNanoseconds;
            fate = netem.Enqueue(segment.LengthBytes, at).Frame;
        }

        return Math.Max(at, fate.LeavesAt);
    }
}
