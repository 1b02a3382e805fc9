using System.Diagnostics;
using Emulator.Client.Fuzzing.Codecs;
using Emulator.Core.Randomness;

namespace Emulator.Client.Fuzzing;

/// <summary>What a case came to.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Figures">Of its run on the first number of shards.</param>
/// <param name="Problem">What went wrong; null where nothing did.</param>
/// <param name="Frames">With how many frames it fails; as many as were asked for where it does not.</param>
/// <param name="Wall">How long it took.</param>
internal sealed record CaseResult(int Number, CaseFigures Figures, string? Problem, int Frames, TimeSpan Wall);

/// <summary>One case: parsers and encoders with random bytes, and one small network on each number of shards.</summary>
/// <param name="runSeed">The seed of the whole fuzz run.</param>
/// <param name="number">The case's number.</param>
/// <param name="shards">The numbers of shards that must agree.</param>
internal sealed class FuzzCase(ulong runSeed, int number, IReadOnlyList<int> shards)
{
    private readonly ulong _seed = StableHash.Combine(runSeed, (ulong)number);
    private bool _isUnbalanced;

    /// <summary>Runs the case; one that fails is run again with half as many frames, as long as it still
    /// does.</summary>
    public CaseResult Run(int frames)
    {
        long started = Stopwatch.GetTimestamp();
        (CaseFigures figures, string? problem) = Try(frames);
        while (problem is not null && frames > 1)
        {
            bool wasUnbalanced = _isUnbalanced;
            (CaseFigures fewer, string? still) = Try(frames / 2);
            if (still is null)
            {
                _isUnbalanced = wasUnbalanced;
                break;
            }

            (figures, problem, frames) = (fewer, still, frames / 2);
        }

        string? detail = problem is null ? null : problem + WhichPackets(frames);
        return new CaseResult(number, figures, detail, frames, Stopwatch.GetElapsedTime(started));
    }

    // Runs once more, to say which packets it was.
    private string? WhichPackets(int frames)
    {
        if (!_isUnbalanced)
        {
            return null;
        }

        var lost = new LostPackets();
        new CaseRun(_seed, frames, shards[0], lost).Run();
        return lost.Describe();
    }

    private (CaseFigures Figures, string? Problem) Try(int frames)
    {
        if (new CodecRounds(_seed).Run() is string wrong)
        {
            return (new CaseFigures(), wrong);
        }

        // In one case of eight all but the first run are watched in every detail, which must change nothing.
        bool observes = _seed % 8 == 1;
        var run = new CaseRun(_seed, frames, shards[0], observes && shards.Count == 1 ? new DetailReader() : null);
        CaseFigures first = run.Run();
        _isUnbalanced = run.IsUnbalanced;
        foreach (int count in shards.Skip(1))
        {
            if (first.Problem is not null)
            {
                break;
            }

            CaseFigures other = new CaseRun(_seed, frames, count, observes ? new DetailReader() : null).Run();
            string? problem = other.Problem ?? Difference(first, other, count);
            if (problem is not null)
            {
                return (first, problem);
            }
        }

        return (first, first.Problem);
    }

    private string? Difference(CaseFigures first, CaseFigures other, int count) =>
        first.Digest == other.Digest && first.Injected == other.Injected && first.Hops == other.Hops
            && first.InFlight == other.InFlight
            ? null
            : $"{shards[0]} and {count} shards differ: digest {first.Digest:x16} and {other.Digest:x16}, frames sent "
              + $"{first.Injected} and {other.Injected}, seen at devices {first.Hops} and {other.Hops}, in flight "
              + $"{first.InFlight} and {other.InFlight}";
}
