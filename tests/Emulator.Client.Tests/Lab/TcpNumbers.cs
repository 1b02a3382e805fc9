using Emulator.Core.Packets;
using Emulator.Engine.Telemetry;

namespace Emulator.Client.Tests.Lab;

/// <summary>The numbers of TCP segments as text, each as so far from where its direction of a connection begins: two
/// kernels begin at numbers of their own. <c>seq=#1+5 ack=#2+1</c> counts from the first and the second beginning that
/// were seen.</summary>
/// <remarks>A translation changes ends but no numbers, so that a beginning is known by its number alone: that of a SYN,
/// or the first of a connection that was there before. A number belongs to the nearest.</remarks>
/// <param name="windowsCount">Whether the window field of every segment is shown, or of SYNs alone.</param>
internal sealed class TcpNumbers(bool windowsCount)
{
    // More bytes than a connection of a scenario carries; two beginnings are rarely so near.
    private const int Near = 1 << 20;

    private readonly List<uint> _beginnings = [];

    /// <summary>Sequence, acknowledgment, window field and SACK edges of a segment; empty for other packets.</summary>
    public string Of(HopPacket packet)
    {
        if (packet.Tcp is not { } tcp)
        {
            return "";
        }

        bool isSyn = (tcp.Flags & TcpFlags.Syn) != 0;
        if (isSyn && !_beginnings.Contains(tcp.SequenceNumber))
        {
            _beginnings.Add(tcp.SequenceNumber);
        }

        // A reset to what acknowledged nothing has no number of its own: RFC 9293 section 3.10.7.1.
        bool hasNone = (tcp.Flags & TcpFlags.Rst) != 0 && tcp.SequenceNumber == 0;
        string text = " seq=" + (hasNone ? "none" : Relative(tcp.SequenceNumber));
        bool acknowledges = (tcp.Flags & TcpFlags.Ack) != 0 || tcp.AcknowledgmentNumber != 0;
        text += acknowledges ? $" ack={Relative(tcp.AcknowledgmentNumber)}" : "";
        text += windowsCount || isSyn ? $" win={tcp.Window}" : "";
        return text + (tcp.Options.SackBlocks.Count == 0 ? "" : " sack=" + string.Join(
            ',', tcp.Options.SackBlocks.Select(b => $"{Relative(b.Start)}..{Relative(b.End)}")));
    }

    private string Relative(uint number)
    {
        (int Distance, int Place) nearest = _beginnings.Select((b, i) => (unchecked((int)(number - b)), i))
            .DefaultIfEmpty((int.MaxValue, 0)).MinBy(n => Math.Abs((long)n.Item1));
        if (Math.Abs((long)nearest.Distance) > Near)
        {
            nearest = (0, _beginnings.Count);
            _beginnings.Add(number);
        }

        return $"#{nearest.Place + 1}{nearest.Distance:+0;-0}";
    }
}
