using System.Globalization;
using Emulator.Core.Journal;
using Emulator.Engine.Telemetry;

namespace Emulator.Client.Output;

/// <summary>The hops of a trace as lines; below a hop, what was decided since the packet's hop before.</summary>
/// <remarks>
/// To stay readable it leaves out what changed nothing: hooks passed, waits in queues that were empty, rules that only
/// lead
/// to other chains. JSON has everything.
/// </remarks>
internal static class HopTable
{
    private static readonly string[] Deciding =
        ["-j DNAT", "-j SNAT", "-j MASQUERADE", "-j REJECT", "-j DROP", "-j KUBE-SVC-", "-j KUBE-EXT-", "-j KUBE-SVL-",
            "-j KUBE-SEP-"];

    /// <summary>Prints the hops.</summary>
    public static void Write(TraceReport report, TextWriter output)
    {
        IReadOnlyList<TraceRow> rows = TraceTable.Rows(report);
        int where = Width(rows.Select(r => r.Where), 5);
        int packet = Width(rows.Select(r => r.Packet), 6);
        output.WriteLine($"{"#",4} {"us",12}  {"where".PadRight(where)}      {"packet".PadRight(packet)}  action");
        for (int i = 0; i < rows.Count; i++)
        {
            (TraceRow row, TraceHop hop) = (rows[i], report.Hops[i]);
            output.WriteLine($"{row.Sequence.ToString(CultureInfo.InvariantCulture),4} {row.Time,12}  "
                + $"{row.Where.PadRight(where)}  "
                + $"{row.Direction,-3} {row.Packet.PadRight(packet)}  {hop.Action}");
            foreach (TraceDecision decision in hop.Decisions.Where(IsTold))
            {
                output.WriteLine($"{"",20}{decision.Kind}: {TextOf(decision)}");
            }
        }
    }

    private static bool IsTold(TraceDecision decision) => decision.Kind switch
    {
        "hook" or "delivered" or "conntrack" or "neighbour" or "fdb" or "tunnel" => false,
        "queue" => decision.Figures is { First: > 0 },
        "rule" => Deciding.Any(d => decision.Text.Contains(d, StringComparison.Ordinal)),
        _ => true,
    };

    private static string TextOf(TraceDecision decision) =>
        decision.Reason == DropReason.None || decision.Text == decision.Reason.ToString()
            ? decision.Text : $"{decision.Reason}: {decision.Text}";

    private static int Width(IEnumerable<string> cells, int least) => cells.Select(c => c.Length).Append(least).Max();
}
