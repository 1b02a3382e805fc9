using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay;

/// <summary>Where frames go that a <see cref="FrameShaper"/> lets go: onto a wire, or to the end of a device's
/// queue.</summary>
public interface IShapedEnd
{
    /// <summary>A frame leaves at a time that is not before now, in nanoseconds.</summary>
    void Launch(EthernetFrame frame, long departure, Outbox outbox);
}

/// <summary>A token bucket and a netem, one after the other, for a wire or for what leaves a device.</summary>
/// <remarks>
/// Each is made when the first frame comes, with dice of the owner's; with new dice when the options change, and what
/// waits then keeps its turn. A token bucket stands before the netem: on Linux, where the netem is the bucket's child,
/// frames are delayed first. In: frames. Out: the same to the end, copied or damaged; drops and copies to the journal.
/// </remarks>
/// <param name="owner">Whose dice, and who journals.</param>
/// <param name="name">Which of the owner's queues.</param>
/// <param name="end">Where frames go.</param>
public sealed class FrameShaper(ActorRef owner, string name, IShapedEnd end)
{
    private NetemOptions? _netemOptions;
    private TbfOptions? _tbfOptions;
    private Qdiscs.Netem? _netem;
    private Qdiscs.Netem? _netemBefore;
    private Qdiscs.Netem? _sessionNetem;
    private Qdiscs.Tbf? _tbf;
    private int _generation;

    /// <summary>What netem does; null for nothing.</summary>
    public NetemOptions? Netem => _netemOptions;

    /// <summary>The token bucket; null for none.</summary>
    public TbfOptions? Tbf => _tbfOptions;

    /// <summary>Takes options; what has not changed keeps its state.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public void Adopt(TbfOptions? tbf, NetemOptions? netem)
    {
        tbf?.Validate(name);
        netem?.Validate(name);
        if (netem != _netemOptions)
        {
            _netemBefore = netem is null ? null : _netem ?? _netemBefore;
            (_netemOptions, _netem, _sessionNetem) = (netem, null, null);
            _generation++;
        }

        if (tbf != _tbfOptions)
        {
            _tbfOptions = tbf;
            if (tbf is null)
            {
                _tbf = null;
            }
            else
            {
                _tbf?.Change(tbf);
            }
        }
    }

    /// <summary>Takes a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="departure">When it comes, in nanoseconds; now or later.</param>
    /// <param name="at">The interface, for the journal.</param>
    /// <param name="outbox">Where drops and copies go.</param>
    public void Shape(EthernetFrame frame, long departure, InterfaceName at, Outbox outbox)
    {
        if (_tbfOptions is not null)
        {
            _tbf ??= new Qdiscs.Tbf(_tbfOptions, departure);
            QdiscFate fate = _tbf.Enqueue(frame.Length, departure);
            if (fate.Drop != DropReason.None)
            {
                Drop(frame, fate.Drop, departure, at, outbox);
                return;
            }

            if (outbox.Journal.Detail)
            {
                outbox.Detail(owner, JournalKind.Queue, frame.Payload, at, fate.LeavesAt - departure);
            }

            departure = fate.LeavesAt;
        }

        if (_netemOptions is null)
        {
            end.Launch(frame, departure, outbox);
            return;
        }

        _netem ??= Make(_netemOptions, "frames", outbox, _netemBefore);
        QdiscVerdict verdict = _netem.Enqueue(frame.Length, departure);
        if (verdict.Copy is { } copy)
        {
            outbox.Copied(owner, frame.Payload, 1);
            Finish(frame, copy, departure, at, outbox);
        }

        Finish(frame, verdict.Frame, departure, at, outbox);
    }

    /// <summary>What netem does to sessions: delay, rate and loss, with dice of their own.</summary>
    internal Qdiscs.Netem? SessionNetem(Outbox outbox)
    {
        if (_netemOptions is null)
        {
            return null;
        }

        return _sessionNetem ??= Make(
            _netemOptions with
            {
                Duplicate = Probability.Never,
                Corrupt = Probability.Never,
                Reorder = Probability.Never,
                Gap = 0,
                Limit = int.MaxValue,
                Slot = null,
            },
            "sessions",
            outbox);
    }

    private Qdiscs.Netem Make(NetemOptions options, string what, Outbox outbox, Qdiscs.Netem? before = null) => new(
        options, outbox.Seed, owner.Id, $"{name}/{what}/{_generation}", before);

    private void Finish(EthernetFrame frame, in QdiscFate fate, long came, InterfaceName at, Outbox outbox)
    {
        if (fate.Drop != DropReason.None)
        {
            Drop(frame, fate.Drop, came, at, outbox);
            return;
        }

        EthernetFrame? sound = frame;
        DropReason damage = DropReason.None;
        if (fate.FlippedBit is int bit)
        {
            sound = FrameDamage.Flip(frame, bit, out damage);
        }

        if (sound is null)
        {
            Drop(frame, damage, fate.LeavesAt, at, outbox);
        }
        else
        {
            end.Launch(sound, fate.LeavesAt, outbox);
        }
    }

    private void Drop(EthernetFrame frame, DropReason reason, long time, InterfaceName at, Outbox outbox) =>
        outbox.Dropped(
            owner, frame.Payload, reason, at: at, offsetNanoseconds: time - outbox.Now.Nanoseconds);
}
