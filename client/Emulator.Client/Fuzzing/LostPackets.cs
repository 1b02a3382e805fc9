using System.Globalization;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Engine.Execution;

namespace Emulator.Client.Fuzzing;

/// <summary>Keeps every packet's balance, to say which of them made a ledger wrong and what was last seen of
/// it.</summary>
internal sealed class LostPackets : IJournalProjection
{
    private const int Named = 2;
    private const int EntriesMax = 12;

    private readonly Dictionary<ulong, (long Balance, Queue<string> Last)> _packets = [];

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            long change = entry.Kind switch
            {
                JournalKind.Originated => 1,
                JournalKind.Copied or JournalKind.Fragmented => entry.A,
                JournalKind.Delivered or JournalKind.Dropped => -1,
                JournalKind.Absorbed => -entry.A,
                _ => 0,
            };
            if (change == 0 && entry.Kind != JournalKind.Hop)
            {
                continue;
            }

            (long balance, Queue<string>? last) = _packets.GetValueOrDefault(entry.Packet);
            last ??= [];
            if (last.Count == EntriesMax)
            {
                last.Dequeue();
            }

            last.Enqueue(Text(entry));
            _packets[entry.Packet] = (balance + change, last);
        }
    }

    /// <summary>Some packets whose ends are not as many as their beginnings, each with the last entries about
    /// it.</summary>
    public string Describe() => string.Concat(_packets.Where(p => p.Value.Balance != 0).OrderBy(p => p.Key).Take(Named)
        .Select(p => $"\n  packet {p.Key:x16}, {p.Value.Balance:+#;-#}:" + string.Concat(
            p.Value.Last.Select(line => $"\n    {line}"))));

    private static string Text(in JournalEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.TimeNanoseconds / 1_000_000m:F4} ms {entry.Actor?.Name} {entry.Kind} {entry.Interface?.Name} "
        + $"{entry.Direction} {(entry.Reason == DropReason.None ? "" : entry.Reason)} {entry.A:x} {Subject(entry)}");

    private static string Subject(in JournalEntry entry) => entry.Subject switch
    {
        EthernetFrame frame => $"{frame.Source} > {frame.Destination} {Packet(frame.Payload)}",
        NetworkPacket packet => Packet(packet),
        IDescribed described => described.Describe(),
        _ => "",
    };

    private static string Packet(NetworkPacket packet) => packet is IPv4Packet ip
        ? $"{ip.Source} > {ip.Destination} ttl {ip.TimeToLive} len {ip.Length} id {ip.Identification} at "
          + $"{ip.FragmentOffset}{(ip.MoreFragments ? "+" : "")} {ip.Payload.GetType().Name}"
        : packet.GetType().Name;
}
