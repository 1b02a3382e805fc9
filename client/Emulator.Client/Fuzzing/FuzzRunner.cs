using System.Diagnostics;
using System.Globalization;
using Emulator.Client.Requests;

namespace Emulator.Client.Fuzzing;

/// <summary><c>emulator fuzz</c></summary>
internal sealed class FuzzRunner(Streams streams)
{
    private const int FailuresMax = 10;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly FuzzTotals _totals = new();
    private long _started;
    private long _shownAt;

    /// <summary>Runs the command.</summary>
    public int Run(FuzzRequest request)
    {
        _started = Stopwatch.GetTimestamp();
        _shownAt = _started;
        if (request.Case is int only)
        {
            Report(new FuzzCase(request.Seed, only, request.Shards).Run(request.FramesPerCase), request);
        }
        else
        {
            RunAll(request);
        }

        TimeSpan wall = Stopwatch.GetElapsedTime(_started);
        if (request.Format == OutputFormat.Json)
        {
            streams.Out.WriteLine(_totals.ToJson(request.Seed, request.Shards, wall));
        }
        else
        {
            _totals.Write(streams.Out, request.Shards, wall);
        }

        return _totals.Failed.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    // Which cases are run depends on the request alone: a batch is as long as it must be if each case sends what it is
    // asked to, and where some sent less another follows.
    private void RunAll(FuzzRequest request)
    {
        int next = 0;
        while (_totals.Injected < request.Frames && !IsOver(request))
        {
            long missing = request.Frames - _totals.Injected;
            long cases = (missing + request.FramesPerCase - 1) / request.FramesPerCase;
            int end = (int)Math.Min(int.MaxValue - 1, next + cases);
            RunBatch(next, end, request);
            next = end;
        }
    }

    private void RunBatch(int first, int end, FuzzRequest request)
    {
        int next = first - 1;
        var workers = new Thread[Math.Min(request.Threads, end - first)];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Work);
            workers[i].Start();
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        void Work()
        {
            int number;
            while (!IsOver(request) && (number = Interlocked.Increment(ref next)) < end)
            {
                Report(new FuzzCase(request.Seed, number, request.Shards).Run(request.FramesPerCase), request);
            }
        }
    }

    private bool IsOver(FuzzRequest request)
    {
        lock (_gate)
        {
            return _totals.Failed.Count >= FailuresMax
                || (request.Seconds > 0 && Stopwatch.GetElapsedTime(_started).TotalSeconds >= request.Seconds);
        }
    }

    private void Report(CaseResult result, FuzzRequest request)
    {
        lock (_gate)
        {
            _totals.Add(result);
            if (result.Problem is not null)
            {
                streams.Error.WriteLine($"emulator: case {result.Number}: {result.Problem}");
                streams.Error.WriteLine($"emulator: run it again: {Command(result, request)}");
            }

            if (Stopwatch.GetElapsedTime(_shownAt) >= ProgressEvery)
            {
                _shownAt = Stopwatch.GetTimestamp();
                double seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
                streams.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_totals.Cases} cases, {_totals.Injected} of {request.Frames} frames, {seconds:F0} s"));
            }
        }
    }

    private static string Command(CaseResult result, FuzzRequest request) => string.Create(
        CultureInfo.InvariantCulture,
        $"./emulator fuzz --seed {request.Seed} --case {result.Number} --frames-per-case {result.Frames} "
        + $"--shards {string.Join(',', request.Shards)}");
}
