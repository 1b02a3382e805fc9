using Orleans.Runtime;

namespace Emulator.Silo.Hosting;

/// <summary>Tells the readiness what the silo's life has come to.</summary>
internal sealed class OrleansReadiness(EngineReadiness readiness) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(
            nameof(OrleansReadiness), ServiceLifecycleStage.First,
            _ => Say("the silo is joining its cluster"), _ => Say("the silo has stopped"));
        lifecycle.Subscribe(
            nameof(OrleansReadiness), ServiceLifecycleStage.Last,
            _ =>
            {
                readiness.Joined();
                return Task.CompletedTask;
            },
            _ => Say("the silo is leaving its cluster"));
    }

    private Task Say(string reason)
    {
        readiness.NotReady(reason);
        return Task.CompletedTask;
    }
}
