using Emulator.Client.Requests;
using Emulator.Core.Journal;
using Emulator.Engine.Telemetry;

namespace Emulator.Client.Output;

/// <summary>Prints traces.</summary>
internal static class TracePrinter
{
    /// <summary>Prints one trace, or several: as JSON an array of them.</summary>
    public static void Print(Streams streams, OutputFormat format, IReadOnlyList<TraceReport> reports)
    {
        switch (format)
        {
            case OutputFormat.Json when reports.Count == 1:
                streams.Out.WriteLine(TraceJson.Write(reports[0]));
                break;
            case OutputFormat.Json:
                streams.Out.WriteLine($"[\n{string.Join(",\n", reports.Select(r => TraceJson.Write(r)))}\n]");
                break;
            case OutputFormat.Minimal:
                foreach (TraceReport report in reports)
                {
                    streams.Out.WriteLine(TraceTable.Minimal(report));
                }

                break;
            default:
                PrintTables(streams.Out, reports);
                break;
        }
    }

    private static void PrintTables(TextWriter output, IReadOnlyList<TraceReport> reports)
    {
        for (int i = 0; i < reports.Count; i++)
        {
            if (reports.Count > 1)
            {
                output.WriteLine($"{(i == 0 ? "" : "\n")}exchange {i + 1} of {reports.Count}");
            }

            PrintTable(output, reports[i]);
        }
    }

    private static void PrintTable(TextWriter output, TraceReport report)
    {
        HopTable.Write(report, output);
        output.WriteLine();
        string reason = report.Reason == DropReason.None ? ""
            : $" ({report.Reason}{(report.Rule is null ? "" : $": {report.Rule}")})";
        output.WriteLine($"{report.Verdict.ToString().ToLowerInvariant()}{reason}: "
            + $"{(report.App as IDescribed)?.Describe() ?? report.App?.ToString() ?? "the exchange has not ended"}");
        if (report.Branches.Count > 0)
        {
            output.WriteLine($"endpoints: {string.Join(", ", report.Branches.Take(20).Select(Describe))}"
                + $"{(report.Branches.Count > 20 ? $" and {report.Branches.Count - 20} more" : "")}");
        }

        output.WriteLine($"seed {report.Seed}, digest {report.Digest}");
    }

    private static string Describe(TraceBranch branch) =>
        $"{branch.Endpoint} ({branch.ProbabilityText})";
}
