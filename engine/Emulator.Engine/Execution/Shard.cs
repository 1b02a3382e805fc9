using System.Diagnostics.CodeAnalysis;
using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;

namespace Emulator.Engine.Execution;

/// <summary>
/// A set of whole machines with one event queue and one outbox. It runs alone, one message at a time.
/// </summary>
internal sealed class Shard
{
    /// <summary>How many causal steps may follow each other at one instant.</summary>
    public const uint StepMax = 1_024;

    /// <summary>How many journal entries may wait before a lone shard hands them over.</summary>
    public const int JournalWaitingMax = 1_024;

    private readonly Outbox _outbox;
    private readonly Births _births;
    private readonly List<string> _endlessActors = [];
    private readonly long _leastLatency;
    private readonly ShardDistances _distances;
    private long _endlessTime = -1;
    private int _digested;

    public Shard(int index, ulong seed, long leastLatencyOfAllWires, ShardDistances distances, bool detail)
    {
        Index = index;
        Journal = new JournalBuffer { Detail = detail };
        _outbox = new Outbox { Seed = seed, Journal = Journal };
        _births = new Births(this, _outbox, seed);
        _leastLatency = leastLatencyOfAllWires;
        _distances = distances;
    }

    public int Index { get; }

    public EventQueue Queue { get; } = new();

    public JournalBuffer Journal { get; }

    /// <summary>Events for other shards, to be handed over when the window ends.</summary>
    public List<ScheduledEvent> Handover { get; } = [];

    /// <summary>
    /// Called when the journal waits for too long inside a window; null where it waits for the window's end.
    /// </summary>
    public Action? JournalFull { get; set; }

    /// <summary>How many messages were delivered.</summary>
    public long Events { get; private set; }

    /// <summary>Told of every actor that ends; null where nobody asks.</summary>
    public Action<Actor>? Ended { get; set; }

    /// <summary>Starts an actor that its machine has admitted.</summary>
    public void Start(Actor actor, long now, uint step)
    {
        _outbox.Now = new SimTime(now);
        _births.Announce(actor);
        actor.OnStart(_outbox);
        Drain(actor, now, step);
    }

    /// <summary>Delivers every event before the window's end.</summary>
    public void Run(long windowEnd)
    {
        ScheduledEvent current = default;
        try
        {
            while (Queue.TryPop(windowEnd, out current))
            {
                if (Receiver(current) is Actor actor)
                {
                    Deliver(current, actor);
                }

                if (Journal.Count > JournalWaitingMax)
                {
                    JournalFull?.Invoke();
                }
            }
        }
        catch (Exception exception) when (exception is not EngineException)
        {
            throw Failed(current, exception);
        }
    }

    /// <summary>
    /// Takes the next event before the window's end and finds its receiver, for somebody else to deliver; one at a
    /// time.
    /// </summary>
    public bool TryTake(long windowEnd, out ScheduledEvent current, [NotNullWhen(true)] out Actor? actor)
    {
        while (Queue.TryPop(windowEnd, out current))
        {
            actor = Receiver(current);
            if (actor is not null)
            {
                return true;
            }
        }

        actor = null;
        return false;
    }

    /// <summary>Delivers an event that <see cref="TryTake"/> gave.</summary>
    public void Carry(in ScheduledEvent current, Actor actor)
    {
        try
        {
            Deliver(current, actor);
            if (Journal.Count > JournalWaitingMax)
            {
                JournalFull?.Invoke();
            }
        }
        catch (Exception exception) when (exception is not EngineException)
        {
            throw Failed(current, exception);
        }
    }

    /// <summary>Adds what was journaled since the last call to its machines' digests.</summary>
    public void DigestJournal()
    {
        ReadOnlySpan<JournalEntry> entries = Journal.Entries[_digested..];
        _digested = Journal.Count;
        foreach (ref readonly JournalEntry entry in entries)
        {
            if (entry.Kind >= JournalKind.FirstDetail)
            {
                continue;
            }

            if (entry.Actor.Machine.EngineSlot is not MachineSlot slot || !ReferenceEquals(slot.Shard, this))
            {
                throw new EngineException(
                    $"A journal entry of kind {entry.Kind} names {entry.Actor.Name} of machine "
                    + $"{entry.Actor.Machine.Name}, which another machine cannot speak for; "
                    + "journal it at an actor of the machine where it happened.");
            }

            slot.Digest = Execution.Digest.Add(slot.Digest, entry);
        }
    }

    /// <summary>Forgets the waiting journal, after the projections have taken it.</summary>
    public void ClearJournal()
    {
        Journal.Clear();
        _digested = 0;
    }

    /// <summary>Counts an event and finds who takes it; null when its actor has ended: then the root gets it.</summary>
    private Actor? Receiver(in ScheduledEvent current)
    {
        if (current.Step > StepMax - 16)
        {
            BoundSteps(current);
        }

        Events++;
        Actor? actor = current.To.Target ?? Find(current.To);
        if (actor is null)
        {
            ReturnToRoot(current);
        }

        return actor;
    }

    private void Deliver(in ScheduledEvent current, Actor actor)
    {
        _outbox.Now = new SimTime(current.Time);
        actor.Receive(current.Message, current.Port, _outbox);
        DigestJournal(); // Now, while the actor's machine is at hand.
        Drain(actor, current.Time, current.Step);
    }

    /// <summary>Takes out of the outbox what an actor put there: ends, births, messages; starts the newborn.</summary>
    private void Drain(Actor actor, long now, uint step)
    {
        List<Actor>? newborn = _births.Settle(actor);
        ActorRef self = actor.Self;
        ulong sequence = actor.LastSequence;
        foreach (ref readonly Outgoing outgoing in _outbox.Sent)
        {
            Schedule(self, ++sequence, outgoing, now, step);
        }

        actor.LastSequence = sequence;
        _outbox.Clear();
        if (newborn is null)
        {
            return;
        }

        foreach (Actor child in newborn)
        {
            Start(child, now, step);
        }
    }

    private void Schedule(ActorRef from, ulong sequence, in Outgoing outgoing, long now, uint step)
    {
        ActorRef to = outgoing.To;
        long delay = outgoing.DelayNanoseconds;
        ScheduledEvent scheduled = new()
        {
            Time = now + delay,
            SenderId = from.Id.Value,
            Sequence = sequence,
            Step = delay == 0 ? step + 1 : 0,
            Port = outgoing.Port,
            Sender = from,
            To = to,
            Message = outgoing.Message,
        };
        if (ReferenceEquals(to.Machine, from.Machine))
        {
            Queue.Push(scheduled);
            return;
        }

        if (delay < _leastLatency || delay == 0)
        {
            throw RefuseTooSoon(from, to, delay);
        }

        if (to.Machine.EngineSlot is not MachineSlot slot)
        {
            throw new EngineException(
                $"{from.Name} sends to {to.Name}, whose machine {to.Machine.Name} is not part of the run.");
        }

        if (ReferenceEquals(slot.Shard, this))
        {
            Queue.Push(scheduled);
            return;
        }

        if (delay < _distances.Direct(Index, slot.ShardIndex))
        {
            throw new EngineException(
                $"{from.Name} on {from.Machine.Name} sends to {to.Name} on {to.Machine.Name} "
                + $"with a delay of {delay} ns, less than any wire declared between their "
                + "shards; declare the wire with its least latency.");
        }

        Handover.Add(scheduled);
    }

    private static EngineException Failed(in ScheduledEvent current, Exception exception) => new(
        $"{current.To.Name} failed at {new SimTime(current.Time)} on {current.Message.GetType().Name} from "
        + $"{current.Sender.Name}: "
        + exception.Message,
        exception);

    private EngineException RefuseTooSoon(ActorRef from, ActorRef to, long delay) => new(delay == 0
        ? $"zero-latency link between machines: {from.Name} on {from.Machine.Name} sends to {to.Name} on "
          + $"{to.Machine.Name} without delay; give the wire a latency of at least 1 ns."
        : $"{from.Name} on {from.Machine.Name} sends to {to.Name} on {to.Machine.Name} with a delay of {delay} ns, "
          + $"less than the {_leastLatency} ns of the fastest wire declared; send over a wire, or declare it.");

    /// <summary>
    /// A message for an actor that has ended goes to its machine's root, in the next step of the same instant.
    /// </summary>
    private void ReturnToRoot(in ScheduledEvent current)
    {
        Actor? root = (current.To.Machine.EngineSlot as MachineSlot)?.Root;
        if (root is null || ReferenceEquals(root.Self.Target, null) || current.Message is UndeliveredMessage)
        {
            throw new EngineException(
                $"{current.To.Name} on {current.To.Machine.Name} does not live at {new SimTime(current.Time)}, and "
                + $"neither does the machine's root, which should take "
                + $"{current.Message.GetType().Name} from {current.Sender.Name}.");
        }

        Queue.Push(current with
        {
            Step = current.Step + 1,
            To = root.Self,
            Message = new UndeliveredMessage(current.To, current.Message),
        });
    }

    private static Actor? Find(ActorRef reference) => (reference.Machine.EngineSlot as MachineSlot)?.Find(reference);

    /// <summary>Collects who takes part in the last steps that are allowed, and refuses one more.</summary>
    private void BoundSteps(in ScheduledEvent current)
    {
        if (current.Time != _endlessTime)
        {
            _endlessTime = current.Time;
            _endlessActors.Clear();
        }

        if (!_endlessActors.Contains(current.To.Name))
        {
            _endlessActors.Add(current.To.Name);
        }

        if (current.Step > StepMax)
        {
            throw new EngineException(
                $"More than {StepMax:N0} causal steps at {new SimTime(current.Time)}: these actors keep sending to "
                + $"each other without delay: {string.Join(", ", _endlessActors)}.");
        }
    }
}
