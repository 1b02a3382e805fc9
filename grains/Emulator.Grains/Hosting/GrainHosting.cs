using Emulator.Cluster.Canonical;
using Emulator.Core.Canonical;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry;
using Emulator.Grains.Actors;
using Emulator.Grains.Runs;
using Emulator.Grains.Shards;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Emulator.Grains.Hosting;

/// <summary>What a silo needs to host the emulator's grains.</summary>
public static class GrainHosting
{
    /// <summary>Adds it.</summary>
    public static ISiloBuilder AddEmulator(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton<EngineMeter>();
        silo.Services.AddSingleton<IJournalProjection, MeterProjection>();
        silo.Services.AddSingleton<IMessageCodec, MessageCodec>();
        silo.Services.AddSingleton<OfferedActors>();
        silo.Services.AddSingleton<ActorRegistrar>();
        silo.Services.AddSingleton<SiloRuns>();
        silo.Services.AddSingleton<ShardMeter>();
        return silo.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
    }
}
