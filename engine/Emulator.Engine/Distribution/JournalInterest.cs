using Emulator.Core.Canonical;
using Emulator.Core.Journal;

namespace Emulator.Engine.Distribution;

/// <summary>
/// Which journal entries somebody wants, so that a silo sends no others. It chooses what travels, never what is
/// digested.
/// </summary>
public sealed record JournalInterest
{
    /// <summary>Nothing.</summary>
    public static readonly JournalInterest None = new();

    /// <summary>Every fact, with the frames.</summary>
    public static readonly JournalInterest Facts = new() { Kinds = ulong.MaxValue, Packets = true };

    /// <summary>Every fact and every detail, with the frames.</summary>
    public static readonly JournalInterest Everything = Facts with { Details = true };

    /// <summary>Wanted kinds below <see cref="JournalKind.FirstDetail"/>: bit n is the kind of number n.</summary>
    public ulong Kinds { get; init; }

    /// <summary>Whether all details are wanted.</summary>
    public bool Details { get; init; }

    /// <summary>Whether frames and packets are wanted with the entries; texts and causes always are.</summary>
    public bool Packets { get; init; }

    /// <summary>Exchanges of which everything is wanted, details and frames included.</summary>
    public IReadOnlyList<ulong> Flows { get; init; } = [];

    /// <summary>Some kinds of facts, without frames.</summary>
    public static JournalInterest In(params ReadOnlySpan<JournalKind> kinds)
    {
        ulong bits = 0;
        foreach (JournalKind kind in kinds)
        {
            bits |= 1UL << (int)kind;
        }

        return new JournalInterest { Kinds = bits };
    }

    /// <summary>Whether details must be written at all.</summary>
    public bool WantsDetail => Details || Flows.Count > 0;

    /// <summary>What either wants.</summary>
    public JournalInterest With(JournalInterest other) => new()
    {
        Kinds = Kinds | other.Kinds,
        Details = Details || other.Details,
        Packets = Packets || other.Packets,
        Flows = [.. Flows.Concat(other.Flows).Distinct().Order()],
    };

    /// <inheritdoc/>
    public bool Equals(JournalInterest? other) =>
        other is not null && Kinds == other.Kinds && Details == other.Details && Packets == other.Packets
        && Flows.SequenceEqual(other.Flows);

    /// <inheritdoc/>
    public override int GetHashCode() => Kinds.GetHashCode();

    /// <summary>Writes the interest.</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.Fixed64(Kinds);
        writer.Bool(Details);
        writer.Bool(Packets);
        writer.Varint((ulong)Flows.Count);
        foreach (ulong flow in Flows)
        {
            writer.Fixed64(flow);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static JournalInterest Read(CanonicalReader reader)
    {
        ulong kinds = reader.Fixed64();
        bool details = reader.Bool();
        bool packets = reader.Bool();
        var flows = new ulong[reader.Count()];
        for (int i = 0; i < flows.Length; i++)
        {
            flows[i] = reader.Fixed64();
        }

        return new JournalInterest { Kinds = kinds, Details = details, Packets = packets, Flows = flows };
    }
}
