namespace Emulator.Engine.Distribution;

/// <summary>Tells from the shards' answers, and from those that do not come, which silos do not reach each
/// other.</summary>
internal sealed class NetworkCuts
{
    private readonly HashSet<(int From, int To, long Window)> _late = [];

    /// <summary>What the answers so far say of those that have not come; null when all have.</summary>
    public static string? WhySilent(IReadOnlyList<IShardSeat> seats, Task<StretchReport>[] answers)
    {
        bool[] isSilent = [.. answers.Select(answer => !answer.IsCompleted)];
        for (int to = 0; to < answers.Length; to++)
        {
            if (isSilent[to] || !answers[to].IsCompletedSuccessfully)
            {
                continue;
            }

            StretchReport report = answers[to].Result;
            foreach (int from in report.MissingFrom)
            {
                if (isSilent[from] && seats[from].Silo != seats[to].Silo)
                {
                    return $"silo {seats[to].Silo} has not got what silo {seats[from].Silo} says of window "
                        + $"{report.Window}, and that one does not answer; the network between the two is cut or slow.";
                }
            }
        }

        int silent = Array.IndexOf(isSilent, true);
        return silent < 0 ? null : $"silo {seats[silent].Silo} does not answer.";
    }

    /// <summary>A notice that was sent and did not come, though the stretch was ordered twice; null when there is
    /// none.</summary>
    public string? Find(IReadOnlyList<IShardSeat> seats, StretchReport[] reports)
    {
        List<(int From, int To, long Window)> late =
        [
            .. reports.SelectMany((report, to) => report.MissingFrom
                .Where(from => reports[from].Window >= report.Window)
                .Select(from => (from, to, report.Window))),
        ];
        (int From, int To, long Window)? cut = null;
        foreach ((int From, int To, long Window) one in late)
        {
            cut = _late.Contains(one) ? one : cut; // Once may be bad luck: it was sent just then.
        }

        _late.Clear();
        _late.UnionWith(late);
        return cut is { } missing
            ? $"silo {seats[missing.To].Silo} has not got what silo {seats[missing.From].Silo} says of window "
                + $"{missing.Window}; the network between the two is cut or slow."
            : null;
    }
}
