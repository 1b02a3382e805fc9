using System.Diagnostics;

namespace Emulator.Engine.Distribution;

/// <summary>
/// Batches that other shards sent, until a window opens that needs them. A batch that comes twice is dropped, whether
/// it still waits or was taken long ago.
/// </summary>
/// <remarks>Any thread may add; the shard alone takes.</remarks>
public sealed class BatchInbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int From, long Window), ReadOnlyMemory<byte>> _waiting = [];
    private readonly long[] _taken;
    private TaskCompletionSource? _arrival;

    /// <summary>An empty inbox.</summary>
    /// <param name="shards">How many shards the run has.</param>
    public BatchInbox(int shards)
    {
        _taken = new long[shards];
        Array.Fill(_taken, -1);
    }

    /// <summary>Keeps a batch; false when it has come before.</summary>
    /// <param name="from">The shard that sent it.</param>
    /// <param name="window">The window that produced it; 0 is the start.</param>
    /// <param name="batch">The encoded events.</param>
    public bool Add(int from, long window, ReadOnlyMemory<byte> batch)
    {
        lock (_gate)
        {
            if (window <= _taken[from] || !_waiting.TryAdd((from, window), batch))
            {
                return false;
            }

            _arrival?.TrySetResult();
            _arrival = null;
            return true;
        }
    }

    /// <summary>Which of the tickets' batches have not come.</summary>
    public IReadOnlyList<BatchTicket> Missing(IReadOnlyList<BatchTicket> tickets)
    {
        lock (_gate)
        {
            return [.. tickets.Where(t => !_waiting.ContainsKey((t.From, t.Window)))];
        }
    }

    /// <summary>Waits until all tickets' batches have come, or a time has passed.</summary>
    public async Task WaitFor(IReadOnlyList<BatchTicket> tickets, TimeSpan atMost)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (tickets.All(t => _waiting.ContainsKey((t.From, t.Window))))
                {
                    return;
                }

                _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _arrival.Task;
            }

            TimeSpan left = atMost - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await Task.WhenAny(arrival, Task.Delay(left));
        }
    }

    /// <summary>Takes a ticket's batch, which has come.</summary>
    public ReadOnlyMemory<byte> Take(in BatchTicket ticket)
    {
        lock (_gate)
        {
            _waiting.Remove((ticket.From, ticket.Window), out ReadOnlyMemory<byte> batch);
            _taken[ticket.From] = ticket.Window;
            return batch;
        }
    }
}
