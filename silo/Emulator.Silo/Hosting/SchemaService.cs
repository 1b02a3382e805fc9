using Emulator.Silo.Storage;

namespace Emulator.Silo.Hosting;

/// <summary>Brings the database to what the silo needs, before anybody reads it.</summary>
internal sealed class SchemaService(
    string connection, EngineReadiness readiness, TimeProvider clock, ILogger<SchemaService> log) : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="SiloException">The database did not answer in time, or refused.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.NotReady("the silo is waiting for PostgreSQL");
        return new PostgresSchema(connection, line => log.LogWarning("{Line}", line))
            .Apply(clock, PostgresSchema.Patience, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
