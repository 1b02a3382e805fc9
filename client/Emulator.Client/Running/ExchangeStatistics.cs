using Emulator.Core.Journal;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Linux.Processes;

namespace Emulator.Client.Running;

/// <summary>Counts exchanges by what they are and how they ended, and keeps their latencies.</summary>
internal sealed class ExchangeStatistics : IJournalProjection
{
    private readonly Dictionary<ulong, string> _underWay = [];
    private readonly SortedDictionary<string, ExchangeFigures> _figures = new(StringComparer.Ordinal);

    /// <summary>The figures by what was asked, such as <c>http GET http://shop.example.com/</c>.</summary>
    public IReadOnlyDictionary<string, ExchangeFigures> Figures => _figures;

    /// <inheritdoc/>
    public JournalInterest Interest { get; } =
        JournalInterest.In(JournalKind.ExchangeStarted, JournalKind.ExchangeEnded);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            if (entry.IsReply || entry.Kind is not (JournalKind.ExchangeStarted or JournalKind.ExchangeEnded))
            {
                continue;
            }

            if (entry.Kind == JournalKind.ExchangeStarted)
            {
                // A proxy's own exchange has the flow of the one that caused it, and is not counted again.
                string what = (entry.Subject as IDescribed)?.Describe() ?? "exchange";
                if (_underWay.TryAdd(entry.Flow, what))
                {
                    Of(what).Started++;
                }
            }
            else if (_underWay.Remove(entry.Flow, out string? what))
            {
                int status = (entry.Subject as ExchangeResult)?.Status ?? 0;
                Of(what).End((ExchangeOutcome)entry.A, status, entry.B);
            }
        }
    }

    private ExchangeFigures Of(string what)
    {
        if (!_figures.TryGetValue(what, out ExchangeFigures? figures))
        {
            figures = new ExchangeFigures();
            _figures.Add(what, figures);
        }

        return figures;
    }
}
