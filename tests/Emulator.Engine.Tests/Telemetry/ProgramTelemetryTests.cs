using System.Diagnostics.Metrics;
using Emulator.Core.Journal;
using Emulator.Engine.Telemetry;
using Emulator.Engine.Tests.Telemetry.Otlp;

namespace Emulator.Engine.Tests.Telemetry;

public sealed class ProgramTelemetryTests
{
    [Fact]
    public async Task Sends_its_metrics_to_the_collector_when_it_ends()
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc: false);
        using (var telemetry = new ProgramTelemetry(collector.Address, "run-1"))
        {
            telemetry.Write(new ClusterIPWalk().ToDelivery().Entries);
        }

        Assert.Equal(["/v1/metrics"], collector.OtherPaths);
    }

    [Fact]
    public void Counts_packets_drops_entries_events_and_windows()
    {
        var seen = new SortedDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        using var telemetry = new ProgramTelemetry(null, "run-1");
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == ProgramTelemetry.SourceName)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i.Name, value, tags));
        listener.Start();

        telemetry.Write(new ClusterIPWalk().ToDelivery().Entries);
        telemetry.Write(new ClusterIPWalk().ToTranslation().Drop(DropReason.LinkLoss, "loss").Entries);
        telemetry.RecordWindows(events: 5, windows: 2, TimeSpan.FromSeconds(1));

        int entries = new ClusterIPWalk().ToDelivery().Entries.Length
            + new ClusterIPWalk().ToTranslation().Drop(DropReason.LinkLoss, "loss").Entries.Length;
        Assert.Equal(
            [
                new("emulator.drops LinkLoss", 1), new("emulator.events ", 5),
                    new("emulator.journal.entries ", entries),
                new("emulator.packets delivered", 1), new("emulator.packets originated", 2),
                    new("emulator.window.duration ", 1),
            ],
            seen);

        void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string key = $"{name} {(tags.IsEmpty ? "" : tags[0].Value)}";
            seen[key] = seen.GetValueOrDefault(key) + value;
        }
    }
}
