using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Engine.Execution;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests.Lab;

/// <summary>A frame at an interface.</summary>
internal sealed record SeenFrame(long Time, InterfaceName Interface, Direction Direction, EthernetFrame Frame);

/// <summary>What a lab remembers of the journal: frames, the ends of exchanges, and answers to commands.</summary>
internal sealed class LabJournal : IJournalProjection
{
    /// <summary>The frames, in the order of the journal.</summary>
    public List<SeenFrame> Frames { get; } = [];

    /// <summary>The clients' results, by flow.</summary>
    public Dictionary<ulong, ExchangeResult> Results { get; } = [];

    /// <summary>The last exchange that a server answered, by flow, and where.</summary>
    public Dictionary<ulong, (ActorRef Server, ServedExchange Exchange)> Served { get; } = [];

    /// <summary>Answers to listing commands.</summary>
    public List<string> Outputs { get; } = [];

    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            switch (entry)
            {
                case { Kind: JournalKind.Hop, Subject: EthernetFrame frame }:
                    Frames.Add(new SeenFrame(
                        entry.TimeNanoseconds, entry.Interface!, entry.Direction, frame)); // Hops are at interfaces.
                    break;
                case { Kind: JournalKind.ExchangeEnded, Subject: ExchangeResult result }:
                    Results[entry.Flow] = result;
                    break;
                case { Kind: JournalKind.ExchangeEnded, Subject: ServedExchange served }:
                    Served[entry.Flow] = (entry.Actor, served);
                    break;
                case { Kind: JournalKind.CommandOutput, Subject: string text }:
                    Outputs.Add(text);
                    break;
                default:
                    break;
            }
        }
    }
}
