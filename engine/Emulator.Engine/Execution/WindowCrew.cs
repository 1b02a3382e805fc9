namespace Emulator.Engine.Execution;

/// <summary>
/// The threads that run the shards of a window. The caller of <see cref="Run"/> works too and returns when all are
/// done.
/// </summary>
internal sealed class WindowCrew : IDisposable
{
    private const int SpinsMax = 200;

    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private Action<int> _work = static _ => { };
    private int _jobs;
    private int _nextJob;
    private int _working;
    private int _round;
    private bool _ended;

    /// <summary>A crew of so many threads, the caller's included.</summary>
    public WindowCrew(int threads)
    {
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Serve) { IsBackground = true, Name = $"shard-{i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Does jobs 0 to <paramref name="jobs"/> - 1, each once, on any thread.</summary>
    public void Run(int jobs, Action<int> work)
    {
        if (_threads.Length == 0 || jobs == 1)
        {
            for (int i = 0; i < jobs; i++)
            {
                work(i);
            }

            return;
        }

        lock (_gate)
        {
            _work = work;
            _jobs = jobs;
            _nextJob = 0;
            _working = _threads.Length;
            Volatile.Write(ref _round, _round + 1);
            Monitor.PulseAll(_gate);
        }

        TakeJobs();
        Await(0, ref _working);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _round++;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Serve()
    {
        int seen = 0;
        while (true)
        {
            AwaitChange(seen, ref _round);
            seen++;
            if (_ended)
            {
                return;
            }

            TakeJobs();
            if (Interlocked.Decrement(ref _working) == 0)
            {
                lock (_gate)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private void TakeJobs()
    {
        int job;
        while ((job = Interlocked.Increment(ref _nextJob) - 1) < _jobs)
        {
            _work(job);
        }
    }

    private void Await(int wanted, ref int value)
    {
        SpinWait spin = default;
        for (int i = 0; i < SpinsMax && Volatile.Read(ref value) != wanted; i++)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        lock (_gate)
        {
            while (Volatile.Read(ref value) != wanted)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void AwaitChange(int seen, ref int value)
    {
        SpinWait spin = default;
        for (int i = 0; i < SpinsMax && Volatile.Read(ref value) == seen; i++)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        lock (_gate)
        {
            while (Volatile.Read(ref value) == seen)
            {
                Monitor.Wait(_gate);
            }
        }
    }
}
