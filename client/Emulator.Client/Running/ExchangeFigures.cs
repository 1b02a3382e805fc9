using System.Globalization;
using Emulator.Engine.Telemetry;
using Emulator.Linux.Processes;

namespace Emulator.Client.Running;

/// <summary>How the exchanges of one kind ended.</summary>
internal sealed class ExchangeFigures
{
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);

    /// <summary>How many began.</summary>
    public long Started { get; set; }

    /// <summary>How many ended.</summary>
    public long Ended { get; private set; }

    /// <summary>How many ended by outcome; replies of HTTP by status.</summary>
    public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

    /// <summary>The latencies of those that brought a reply.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Counts an end.</summary>
    public void End(ExchangeOutcome outcome, int status, long latencyNanoseconds)
    {
        Ended++;
        string name = outcome == ExchangeOutcome.Reply && status != 0
            ? status.ToString(CultureInfo.InvariantCulture) : outcome.ToString().ToLowerInvariant();
        _outcomes[name] = _outcomes.GetValueOrDefault(name) + 1;
        if (outcome == ExchangeOutcome.Reply)
        {
            Latencies.Add(latencyNanoseconds);
        }
    }
}
