using Emulator.Engine.Telemetry;
using Emulator.Engine.Tests.Telemetry.Otlp;

namespace Emulator.Engine.Tests.Telemetry;

public sealed class ProgramTelemetryTests
{
    [Fact]
    public async Task Sends_its_metrics_to_the_collector_when_it_ends()
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc: false);
        using var meter = new EngineMeter();
        using (var telemetry = new ProgramTelemetry(collector.Address, "run-1"))
        {
            new MeterProjection(meter).Write(new ClusterIPWalk().ToDelivery().Entries);
        }

        Assert.Equal(["/v1/metrics"], collector.OtherPaths);
    }
}
