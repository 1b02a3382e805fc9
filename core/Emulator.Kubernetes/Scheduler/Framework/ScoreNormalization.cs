namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>How plugins that count things bring their figures to 0 … 100.</summary>
/// <remarks>Source: kube-scheduler's <c>helper.DefaultNormalizeScore</c>.</remarks>
public static class ScoreNormalization
{
    /// <summary>The greatest score a plugin gives a node: 100.</summary>
    public const long ScoreMax = 100;

    /// <summary>Scales so that the greatest figure becomes 100; reversed, so that it becomes 0.</summary>
    public static void Scale(Span<long> scores, bool reverse)
    {
        long greatest = 0;
        foreach (long score in scores)
        {
            greatest = Math.Max(greatest, score);
        }

        foreach (ref long score in scores)
        {
            long scaled = greatest == 0 ? 0 : ScoreMax * score / greatest;
            score = reverse ? ScoreMax - scaled : scaled;
        }
    }
}
