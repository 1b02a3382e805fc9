using Emulator.Core.Canonical;

namespace Emulator.Grains.Runs;

/// <summary>How a shard delivers messages to its actors.</summary>
public enum DeliveryMode
{
    /// <summary>Each message by a call to its actor's grain.</summary>
    Grains,

    /// <summary>The shard calls the state machine that the grain has registered with it.</summary>
    Local,
}

/// <summary>Everything from which a silo builds its part of a run: the same bytes give the same machines.</summary>
public sealed record RunDescription
{
    /// <summary>Tells runs apart; the client draws it.</summary>
    public required string Run { get; init; }

    /// <summary>Which try of the run, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The seed of all dice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many shards the machines are cut into.</summary>
    public required int Shards { get; init; }

    /// <summary>For each shard a number of the silo that it sits on; empty until the silos are known.</summary>
    public IReadOnlyList<int> Seats { get; init; } = [];

    /// <summary>How messages are delivered.</summary>
    public required DeliveryMode Delivery { get; init; }

    /// <summary>The program's version; a silo of another refuses.</summary>
    public required string Version { get; init; }

    /// <summary>The person's documents as JSON, in their order.</summary>
    public required IReadOnlyList<string> Documents { get; init; }

    /// <summary>The version of this program: silos and client must be built from one source.</summary>
    public static string ThisVersion { get; } =
        string.Join('.', new[] { typeof(Core.Actors.Actor), typeof(Underlay.Wire), typeof(Linux.HostActor),
            typeof(Kubernetes.Api.PodView),
            typeof(Cluster.Building.ClusterBuilder), typeof(Engine.Execution.RunEngine) }
            .Select(type => type.Module.ModuleVersionId.ToString("N")[..8]));

    /// <summary>The description as canonical bytes.</summary>
    public byte[] Encode()
    {
        var writer = new CanonicalWriter();
        writer.String(Run);
        writer.Varint((ulong)Epoch);
        writer.Fixed64(Seed);
        writer.Varint((ulong)Shards);
        writer.Varint((ulong)Seats.Count);
        foreach (int silo in Seats)
        {
            writer.Varint((ulong)silo);
        }

        writer.Varint((ulong)Delivery);
        writer.String(Version);
        writer.Varint((ulong)Documents.Count);
        foreach (string document in Documents)
        {
            writer.String(document);
        }

        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    public static RunDescription Decode(byte[] bytes)
    {
        var reader = new CanonicalReader(bytes);
        string run = reader.String();
        int epoch = reader.Int32();
        ulong seed = reader.Fixed64();
        int shards = reader.Int32();
        var seats = new int[reader.Count()];
        for (int i = 0; i < seats.Length; i++)
        {
            seats[i] = reader.Int32();
        }

        var delivery = (DeliveryMode)reader.Varint();
        string version = reader.String();
        var documents = new string[reader.Count()];
        for (int i = 0; i < documents.Length; i++)
        {
            documents[i] = reader.String();
        }

        return new RunDescription
        {
            Run = run,
            Epoch = epoch,
            Seed = seed,
            Shards = shards,
            Seats = seats,
            Delivery = delivery,
            Version = version,
            Documents = documents,
        };
    }
}
