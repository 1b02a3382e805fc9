using System.Runtime.InteropServices;
using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>A message on its way, with the key that places it in the one order of events.</summary>
/// <remarks>
/// The key is (time, step, sender's id, sender's sequence number); where two ids are equal the names decide.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct ScheduledEvent
{
    /// <summary>When it arrives, in nanoseconds of virtual time.</summary>
    public long Time;

    /// <summary>The sender's stable id; always <see cref="Sender"/>'s own.</summary>
    public ulong SenderId;

    /// <summary>The sender's count of messages, this one included.</summary>
    public ulong Sequence;

    /// <summary>Causal step at <see cref="Time"/>: the cause's step + 1 for a message without delay, else 0.</summary>
    public uint Step;

    /// <summary>Handed to the receiver beside the message.</summary>
    public int Port;

    /// <summary>Who sent it.</summary>
    public ActorRef Sender;

    /// <summary>Who takes it.</summary>
    public ActorRef To;

    /// <summary>What is said.</summary>
    public Message Message;

    /// <summary>The next event of the same bucket, or the next free place; the queue's own.</summary>
    internal int Next;

    /// <summary>The full order of events, names included.</summary>
    public static int Compare(in ScheduledEvent left, in ScheduledEvent right)
    {
        if (left.Time != right.Time)
        {
            return left.Time.CompareTo(right.Time);
        }

        if (left.Step != right.Step)
        {
            return left.Step.CompareTo(right.Step);
        }

        if (left.SenderId != right.SenderId)
        {
            return left.SenderId.CompareTo(right.SenderId);
        }

        int names = ReferenceEquals(left.Sender, right.Sender) ? 0 : CompareNames(left.Sender, right.Sender);
        return names != 0 ? names : left.Sequence.CompareTo(right.Sequence);
    }

    /// <summary>Orders two actors whose ids are equal: by name, incarnation and machine.</summary>
    private static int CompareNames(ActorRef left, ActorRef right)
    {
        int order = string.CompareOrdinal(left.Name, right.Name);
        order = order != 0 ? order : string.CompareOrdinal(left.Incarnation, right.Incarnation);
        return order != 0 ? order : string.CompareOrdinal(left.Machine.Name, right.Machine.Name);
    }
}
