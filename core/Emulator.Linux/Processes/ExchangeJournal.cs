using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;

namespace Emulator.Linux.Processes;

/// <summary>Writes the beginning and end of exchanges into the journal.</summary>
public static class ExchangeJournal
{
    /// <summary>An exchange begins. On the server's side <paramref name="isServer"/> is true.</summary>
    public static void ExchangeStarted(
        this ProcessContext context, ulong flow, IDescribed description, bool isServer = false) =>
        context.Outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = context.Now.Nanoseconds,
            Actor = context.Self,
            Subject = description,
            Flow = flow,
            Kind = JournalKind.ExchangeStarted,
            IsReply = isServer,
        });

    /// <summary>An exchange ends.</summary>
    public static void ExchangeEnded(
        this ProcessContext context, ulong flow, ExchangeOutcome outcome, SimDuration latency, int bytes,
        IDescribed result, bool isServer = false) =>
        context.Outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = context.Now.Nanoseconds,
            Actor = context.Self,
            Subject = result,
            Flow = flow,
            A = (long)outcome,
            B = latency.Nanoseconds,
            Length = bytes,
            Kind = JournalKind.ExchangeEnded,
            IsReply = isServer,
        });

    /// <summary>What an answer cost, said of the packet that will carry it; a detail. Where the answer must wait behind
    /// other bytes it is said of the exchange alone.</summary>
    internal static void CpuSpent(this ProcessContext context, ServedRequest request, CpuSpent spent)
    {
        if (!context.Outbox.Journal.Detail)
        {
            return;
        }

        bool leavesNow = request.Connection is not { Connection.UnacknowledgedBytes: > 0 };
        context.Outbox.Journal.Write(new JournalEntry
        {
            TimeNanoseconds = context.Now.Nanoseconds,
            Actor = context.Self,
            Subject = spent,
            Packet = leavesNow ? context.UpcomingPacketId : 0,
            Flow = request.Flow,
            A = spent.Done.Throttled.Nanoseconds,
            B = spent.Done.Nanoseconds,
            Kind = JournalKind.Cpu,
            IsReply = true,
        });
    }
}
