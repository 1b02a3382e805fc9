using Emulator.Core.Actors;
using Emulator.Core.Journal;

namespace Emulator.Engine.Execution;

/// <summary>Lets actors be born and end at run time, which only a machine's root may ask for.</summary>
internal sealed class Births(Shard shard, Outbox outbox, ulong seed)
{
    /// <summary>Gives an admitted actor its seed, and journals its birth.</summary>
    public void Announce(Actor actor)
    {
        actor.Seed = seed;
        Write(JournalKind.ActorBorn, actor.Self);
    }

    /// <summary>Carries out the ends and births in the outbox.</summary>
    /// <returns>The newborn, in order, to be started; null when there is none.</returns>
    public List<Actor>? Settle(Actor actor)
    {
        if (outbox.Born.Count == 0 && outbox.Ended.Count == 0)
        {
            return null;
        }

        MachineSlot slot = (MachineSlot)actor.Self.Machine.EngineSlot!; // Set: the actor lives there.
        if (!ReferenceEquals(slot.Root, actor))
        {
            throw new EngineException(
                $"{actor.Self.Name} creates or ends actors, which only {slot.Root?.Self.Name}, the root of "
                + $"{slot.Machine.Name}, may; send the root a message.");
        }

        // Ends come first, so that an actor can be replaced by one of the same name.
        foreach (ActorRef ended in outbox.Ended)
        {
            Actor dismissed = slot.Dismiss(ended) ?? throw new EngineException(
                $"{actor.Self.Name} ends {ended.Name}, which does not live on {slot.Machine.Name}.");
            shard.Ended?.Invoke(dismissed);
            int sent = outbox.Sent.Length;
            dismissed.OnEnd(outbox);
            if (outbox.Sent.Length != sent)
            {
                throw new EngineException($"{ended.Name} sends messages though it has ended.");
            }

            Write(JournalKind.ActorEnded, ended);
        }

        if (outbox.Born.Count == 0)
        {
            return null;
        }

        List<Actor> newborn = [.. outbox.Born];
        foreach (Actor child in newborn)
        {
            slot.Admit(child);
        }

        return newborn;
    }

    private void Write(JournalKind kind, ActorRef actor) => shard.Journal.Write(new JournalEntry
    {
        TimeNanoseconds = outbox.Now.Nanoseconds,
        Actor = actor,
        Subject = actor.Name,
        Kind = kind,
    });
}
