using System.Net.Sockets;
using Npgsql;

namespace Emulator.Silo.Storage;

/// <summary>
/// Brings a PostgreSQL database to what the silo needs: the embedded scripts, applied at each start. Silos that start
/// at once take turns, by an advisory lock that ends with the transaction.
/// </summary>
/// <remarks>
/// A database that does not answer yet is asked again, with growing pauses, until the patience is at an end. What
/// waiting cannot cure (a wrong password, no such database, no right to make tables) fails at once.
/// </remarks>
/// <param name="connection">The connection string.</param>
/// <param name="log">Takes a line for each try that failed.</param>
internal sealed class PostgresSchema(string connection, Action<string> log)
{
    /// <summary>How long a database may take to answer: 60 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The letters "emulator", read as a big-endian number: a key that nobody else takes by accident.
    private const long LockKey = 0x656d756c61746f72;

    private readonly NpgsqlConnectionStringBuilder _target = new(connection);

    /// <summary>The scripts, in the order in which they are applied.</summary>
    public static IReadOnlyList<string> ScriptNames { get; } = ["OrleansMembership.sql"];

    /// <summary>A script's text.</summary>
    public static string Script(string name)
    {
        using Stream stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program carries no script {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Applies the scripts.</summary>
    /// <param name="clock">Tells how long it has waited, and waits.</param>
    /// <param name="patience">How long the database may take to answer.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="SiloException">The database did not answer in time, or refused.</exception>
    public async Task Apply(TimeProvider clock, TimeSpan patience, CancellationToken stop)
    {
        var retries = new RetrySchedule(patience);
        long start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await ApplyOnce(stop);
                return;
            }
            catch (Exception e) when (IsTransient(e))
            {
                TimeSpan waited = clock.GetElapsedTime(start);
                if (retries.Next(waited) is not TimeSpan pause)
                {
                    throw new SiloException(
                        $"{Place}: no PostgreSQL answered within {patience.TotalSeconds:0} s ({Cause(e)}); start it, "
                        + "or correct --connection.", e);
                }

                log($"{Place}: PostgreSQL does not answer yet ({Cause(e)}); trying again in "
                    + $"{pause.TotalSeconds:0.#} s, for {(patience - waited).TotalSeconds:0} s more.");
                await Task.Delay(pause, clock, stop);
            }
            catch (PostgresException e)
            {
                throw new SiloException($"{Place}: PostgreSQL refuses: {e.MessageText} ({e.SqlState}); {Cure(e)}", e);
            }
        }
    }

    /// <summary>Where the database is, without its password.</summary>
    private string Place => $"{_target.Host}:{_target.Port}"
        + (_target.Database is { Length: > 0 } database ? $"/{database}" : "");

    private async Task ApplyOnce(CancellationToken stop)
    {
        // Short enough that an unanswered try is told of; the provider's own connections keep the given timeout.
        var own = new NpgsqlConnectionStringBuilder(connection) { Timeout = 5, Pooling = false };
        await using var session = new NpgsqlConnection(own.ConnectionString);
        await session.OpenAsync(stop);
        await using NpgsqlTransaction transaction = await session.BeginTransactionAsync(stop);
        await Execute($"SELECT pg_advisory_xact_lock({LockKey})", session, stop);
        foreach (string name in ScriptNames)
        {
            await Execute(Script(name), session, stop);
        }

        await transaction.CommitAsync(stop);
    }

    private static async Task Execute(string text, NpgsqlConnection session, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(text, session);
        await command.ExecuteNonQueryAsync(stop);
    }

    // 57P…: starting up or shutting down; 53…: no connection free. Anything else that the server says is its answer.
    private static bool IsTransient(Exception e) => e switch
    {
        PostgresException answer => answer.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || answer.SqlState.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException or SocketException or TimeoutException => true,
        _ => false,
    };

    private static string Cause(Exception e) => (e.InnerException ?? e).Message.TrimEnd('.');

    private static string Cure(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.InvalidCatalogName => "create the database, or correct Database in --connection.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "correct Username and Password in --connection.",
        PostgresErrorCodes.InsufficientPrivilege => "let the user create tables in its schema.",
        _ => "see the server's log.",
    };
}
