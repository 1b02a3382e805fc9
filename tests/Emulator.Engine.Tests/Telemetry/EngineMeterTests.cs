using System.Diagnostics.Metrics;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry;

namespace Emulator.Engine.Tests.Telemetry;

public sealed class EngineMeterTests : IDisposable
{
    private readonly SortedDictionary<string, double> _seen = new(StringComparer.Ordinal);
    private readonly EngineMeter _meter = new();
    private readonly MeterListener _listener = new();

    public EngineMeterTests()
    {
        // Other tests' instruments have the same names; only this meter's are listened to.
        _listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == _meter.Windows.Meter)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i.Name, value, tags));
        _listener.Start();
    }

    [Fact]
    public void The_journal_counts_packets_drops_by_reason_and_entries()
    {
        var projection = new MeterProjection(_meter);

        projection.Write(new ClusterIPWalk().ToDelivery().Entries);
        projection.Write(new ClusterIPWalk().ToTranslation().Drop(DropReason.LinkLoss, "loss").Entries);

        int entries = new ClusterIPWalk().ToDelivery().Entries.Length
            + new ClusterIPWalk().ToTranslation().Drop(DropReason.LinkLoss, "loss").Entries.Length;
        Assert.Equal(
            [
                new("emulator.journal.entries", entries),
                new("emulator.packets.delivered", 1),
                new("emulator.packets.dropped{reason=LinkLoss}", 1),
                new("emulator.packets.originated", 2),
            ],
            _seen);
    }

    [Fact]
    public void A_run_records_its_windows_as_their_mean()
    {
        _meter.RecordRun(new EngineStatistics(
            Events: 10, Windows: 2, new SimTime(3_000_000_000), TimeSpan.FromSeconds(1), [10]));

        // Sums: two windows of half a second and five events each.
        Assert.Equal(
            [
                new("emulator.events.delivered", 10),
                new("emulator.virtual_time", 3),
                new("emulator.window.duration", 1),
                new("emulator.window.events", 10),
                new("emulator.windows", 2),
            ],
            _seen);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = tags.IsEmpty ? name : $"{name}{{{tags[0].Key}={tags[0].Value}}}";
        _seen[key] = _seen.GetValueOrDefault(key) + value;
    }
}
