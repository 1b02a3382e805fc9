namespace Emulator.Engine.Distribution;

/// <summary>
/// Notices of other shards, until the window that they are about has ended here too. One that comes twice is dropped,
/// whether it still waits or was taken long ago.
/// </summary>
/// <remarks>Any thread may add; the shard alone takes.</remarks>
internal sealed class NoticeInbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int From, long Window), WindowNotice> _waiting = [];
    private long _ended = -1;
    private long _awaited = -1;
    private TaskCompletionSource? _arrival;

    /// <summary>Keeps a notice; false when it has come before.</summary>
    public bool Add(WindowNotice notice)
    {
        lock (_gate)
        {
            if (notice.Window <= _ended || !_waiting.TryAdd((notice.From, notice.Window), notice))
            {
                return false;
            }

            if (notice.Window == _awaited)
            {
                _arrival?.TrySetResult();
                _arrival = null;
            }

            return true;
        }
    }

    /// <summary>Puts the shards whose notices of a window have not come into a list.</summary>
    /// <returns>Done when one of them comes; null when none is missing.</returns>
    public Task? FindMissing(long window, IReadOnlyList<int> from, List<int> missing)
    {
        missing.Clear();
        lock (_gate)
        {
            foreach (int shard in from)
            {
                if (!_waiting.ContainsKey((shard, window)))
                {
                    missing.Add(shard);
                }
            }

            if (missing.Count == 0)
            {
                return null;
            }

            _awaited = window;
            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task;
        }
    }

    /// <summary>Takes the notices of a window, which have all come, in the order asked for.</summary>
    public void Take(long window, IReadOnlyList<int> from, List<WindowNotice> taken)
    {
        taken.Clear();
        lock (_gate)
        {
            _ended = window;
            foreach (int shard in from)
            {
                _waiting.Remove((shard, window), out WindowNotice? notice);
                taken.Add(notice!); // FindMissing missed none.
            }
        }
    }
}
