using Emulator.Core.Randomness;
using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler;

/// <summary>Chooses a node for one pod: PreFilter, Filter, PostFilter, PreScore, Score, NormalizeScore, and the dice
/// among equals.</summary>
/// <remarks>
/// <para>Source: kube-scheduler's <c>schedule_one.go</c>. In a large cluster it stops filtering when enough nodes are
/// feasible and starts the next pod's search where this one's ended. kube-scheduler filters on 16 threads; this goes
/// node by node, so that a run repeats.</para>
/// </remarks>
public sealed class SchedulingAlgorithm(Profile profile, SchedulerOptions options, RandomStream dice)
{
    private const int FeasibleNodesMin = 100;
    private const int PercentageMin = 5;
    private const int PercentageAdaptive = 50;
    private const int NodesPerPercent = 125;

    private readonly bool[] _skipFilter = new bool[profile.Filter.Length];
    private readonly bool[] _skipScore = new bool[profile.Score.Length];
    private NodeEntry[] _feasible = [];
    private long[] _totals = [];
    private long[] _scores = [];
    private RandomStream _dice = dice;
    private int _nextStart;

    /// <summary>The state that plugins share while one pod is scheduled.</summary>
    public CycleState State { get; } = new();

    /// <summary>How many feasible nodes are enough in a cluster of a size.</summary>
    public int FeasibleNodesToFind(int nodeCount)
    {
        if (nodeCount < FeasibleNodesMin)
        {
            return nodeCount;
        }

        int percentage = options.PercentageOfNodesToScore;
        if (percentage == 0)
        {
            percentage = Math.Max(PercentageMin, PercentageAdaptive - (nodeCount / NodesPerPercent));
        }

        return Math.Max(FeasibleNodesMin, (int)((long)nodeCount * percentage / 100));
    }

    /// <summary>The node for a pod; null when none will do, and then the diagnosis says why.</summary>
    public NodeEntry? Schedule(QueuedPod pod, NodeTable table, Diagnosis diagnosis)
    {
        State.Clear();
        diagnosis.Clear();
        ReadOnlySpan<NodeEntry> nodes = table.Ordered;
        diagnosis.NodeCount = nodes.Length;
        if (nodes.Length == 0)
        {
            // Whatever refuses later, without a node only a node helps.
            diagnosis.Await(ClusterEvents.NodeAdd);
            return null;
        }

        if (_feasible.Length < nodes.Length)
        {
            _feasible = new NodeEntry[nodes.Length];
            _totals = new long[nodes.Length];
            _scores = new long[nodes.Length];
        }

        int count = RunPreFilter(pod, diagnosis) ? FindFeasible(pod, nodes, diagnosis) : 0;
        if (count == 0)
        {
            RunPostFilter(pod, diagnosis);
            return null;
        }

        if (count == 1)
        {
            return _feasible[0];
        }

        ReadOnlySpan<NodeEntry> feasible = _feasible.AsSpan(0, count);
        RunScore(pod, feasible);
        return Select(feasible);
    }

    private bool RunPreFilter(QueuedPod pod, Diagnosis diagnosis)
    {
        Array.Clear(_skipFilter);
        foreach (IPreFilterPlugin plugin in profile.PreFilter)
        {
            Status status = plugin.PreFilter(State, pod);
            if (status.Code == StatusCode.Skip)
            {
                int filter = Array.IndexOf(profile.Filter, plugin);
                if (filter >= 0)
                {
                    _skipFilter[filter] = true;
                }
            }
            else if (!status.IsSuccess)
            {
                diagnosis.PreFilterMessage = string.Join(", ", status.Reasons);
                diagnosis.Await(plugin.EventsToRegister);
                return false;
            }
        }

        return true;
    }

    private int FindFeasible(QueuedPod pod, ReadOnlySpan<NodeEntry> nodes, Diagnosis diagnosis)
    {
        int wanted = FeasibleNodesToFind(nodes.Length);
        int start = _nextStart % nodes.Length;
        int found = 0;
        int looked = 0;
        while (looked < nodes.Length && found < wanted)
        {
            int index = start + looked;
            NodeEntry node = nodes[index < nodes.Length ? index : index - nodes.Length];
            looked++;
            if (Passes(pod, node, diagnosis))
            {
                _feasible[found++] = node;
            }
        }

        _nextStart = (start + looked) % nodes.Length;
        return found;
    }

    private bool Passes(QueuedPod pod, NodeEntry node, Diagnosis diagnosis)
    {
        IFilterPlugin[] filters = profile.Filter;
        for (int i = 0; i < filters.Length; i++)
        {
            if (_skipFilter[i])
            {
                continue;
            }

            Status status = filters[i].Filter(State, pod, node);
            if (!status.IsSuccess)
            {
                diagnosis.Add(filters[i], status);
                return false;
            }
        }

        return true;
    }

    private void RunPostFilter(QueuedPod pod, Diagnosis diagnosis)
    {
        foreach (IPostFilterPlugin plugin in profile.PostFilter)
        {
            diagnosis.PostFilterMessage = plugin.PostFilter(State, pod, diagnosis) ?? diagnosis.PostFilterMessage;
        }
    }

    private void RunScore(QueuedPod pod, ReadOnlySpan<NodeEntry> feasible)
    {
        Array.Clear(_skipScore);
        foreach (IPreScorePlugin plugin in profile.PreScore)
        {
            if (plugin.PreScore(State, pod, feasible).Code == StatusCode.Skip)
            {
                int score = Array.IndexOf(profile.Score, plugin);
                if (score >= 0)
                {
                    _skipScore[score] = true;
                }
            }
        }

        Array.Clear(_totals, 0, feasible.Length);
        Span<long> scores = _scores.AsSpan(0, feasible.Length);
        for (int s = 0; s < profile.Score.Length; s++)
        {
            if (_skipScore[s])
            {
                continue;
            }

            IScorePlugin plugin = profile.Score[s];
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = plugin.Score(State, pod, feasible[i]);
            }

            plugin.NormalizeScore(State, pod, scores);
            AddWeighted(plugin, profile.ScoreWeights[s], scores);
        }
    }

    private void AddWeighted(IScorePlugin plugin, long weight, ReadOnlySpan<long> scores)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] is < 0 or > ScoreNormalization.ScoreMax)
            {
                throw new InvalidOperationException($"{plugin.Name} gave the score {scores[i]}; it must be 0 to 100.");
            }

            _totals[i] += weight * scores[i];
        }
    }

    /// <summary>One of the nodes with the greatest score, each as likely as the others (reservoir sampling).</summary>
    private NodeEntry Select(ReadOnlySpan<NodeEntry> feasible)
    {
        NodeEntry selected = feasible[0];
        long greatest = _totals[0];
        uint equals = 1;
        for (int i = 1; i < feasible.Length; i++)
        {
            if (_totals[i] > greatest)
            {
                greatest = _totals[i];
                selected = feasible[i];
                equals = 1;
            }
            else if (_totals[i] == greatest && _dice.NextBelow(++equals) == 0)
            {
                selected = feasible[i];
            }
        }

        return selected;
    }
}
