namespace Emulator.Engine.Distribution;

/// <summary>A batch for another shard.</summary>
/// <param name="To">The shard that takes it.</param>
/// <param name="Ticket">What the barrier says of it.</param>
/// <param name="Bytes">The encoded events.</param>
public readonly record struct OutgoingBatch(int To, BatchTicket Ticket, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Batches that were sent, kept until their receivers have taken them, so that a lost one is sent again.
/// </summary>
public sealed class BatchOutlet
{
    private readonly List<OutgoingBatch> _kept = [];

    /// <summary>Keeps a batch.</summary>
    public void Keep(in OutgoingBatch batch) => _kept.Add(batch);

    /// <summary>Lets go of what was taken.</summary>
    /// <param name="takenBy">For each shard, up to which window it has taken this one's batches; -1 for none.</param>
    public void Forget(IReadOnlyList<long> takenBy) => _kept.RemoveAll(b => b.Ticket.Window <= takenBy[b.To]);

    /// <summary>The batch of a window for a shard; null when nothing such is kept.</summary>
    public OutgoingBatch? Find(int to, long window)
    {
        foreach (OutgoingBatch batch in _kept)
        {
            if (batch.To == to && batch.Ticket.Window == window)
            {
                return batch;
            }
        }

        return null;
    }
}
