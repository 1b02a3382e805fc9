using Emulator.Core.Randomness;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>
/// Trace and span ids, derived from (run, flow, packet, machine, hop on the machine): a re-run repeats them, and a
/// silo that saw only part of a packet's way knows its parents. An id is never 0, which OTLP forbids.
/// </summary>
internal readonly struct SpanIds(string runId)
{
    private readonly ulong _run = StableHash.Of(runId);

    /// <summary>The trace of an exchange, or of a packet that belongs to none.</summary>
    public (ulong High, ulong Low) Trace(ulong key) => (Id(1, key), Id(2, key));

    /// <summary>The exchange's own span, the root of its trace.</summary>
    public ulong Root(ulong flow) => Id(3, flow);

    /// <summary>Another end of the exchange: the server's, or one at a proxy.</summary>
    public ulong End(ulong flow, ulong actor, bool isServer, int number) =>
        Id(isServer ? 4ul : 5ul, StableHash.Combine(flow, StableHash.Combine(actor, (ulong)number)));

    /// <summary>The span of a packet.</summary>
    public ulong Packet(ulong key, ulong packet) => Id(6, StableHash.Combine(key, packet));

    /// <summary>A hop: the packet's n-th on a machine.</summary>
    public ulong Hop(ulong key, ulong packet, ulong machine, int number) =>
        Id(7, StableHash.Combine(StableHash.Combine(key, packet), StableHash.Combine(machine, (ulong)number)));

    private ulong Id(ulong purpose, ulong value)
    {
        ulong id = StableHash.Finish(StableHash.Combine(StableHash.Combine(_run, purpose), value));
        return id == 0 ? 1 : id;
    }
}
