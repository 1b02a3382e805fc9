using Emulator.Kubernetes.Scheduler.Plugins;

namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>A plugin and what its scores count.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Weight">What its scores are multiplied by; 1 where it does not score.</param>
public sealed record EnabledPlugin(IPlugin Plugin, long Weight = 1);

/// <summary>The plugins of one scheduler, by extension point, in the order in which they are called.</summary>
public sealed class Profile
{
    /// <summary>A profile of these plugins.</summary>
    /// <exception cref="ArgumentException">There is not exactly one QueueSort plugin, or no Bind plugin.</exception>
    public Profile(IReadOnlyList<EnabledPlugin> plugins)
    {
        Plugins = plugins;
        IQueueSortPlugin[] sorts = At<IQueueSortPlugin>(plugins);
        if (sorts.Length != 1)
        {
            throw new ArgumentException($"A profile needs one QueueSort plugin; this has {sorts.Length}.",
                nameof(plugins));
        }

        QueueSort = sorts[0];
        PreFilter = At<IPreFilterPlugin>(plugins);
        Filter = At<IFilterPlugin>(plugins);
        PostFilter = At<IPostFilterPlugin>(plugins);
        PreScore = At<IPreScorePlugin>(plugins);
        Score = At<IScorePlugin>(plugins);
        ScoreWeights = [.. plugins.Where(p => p.Plugin is IScorePlugin).Select(p => p.Weight)];
        Reserve = At<IReservePlugin>(plugins);
        Permit = At<IPermitPlugin>(plugins);
        PreBind = At<IPreBindPlugin>(plugins);
        Bind = At<IBindPlugin>(plugins);
        PostBind = At<IPostBindPlugin>(plugins);
        if (Bind.Length == 0)
        {
            throw new ArgumentException("A profile needs a Bind plugin, such as DefaultBinder.", nameof(plugins));
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<EnabledPlugin> Plugins { get; }

    /// <summary>The plugin that orders the queue.</summary>
    public IQueueSortPlugin QueueSort { get; }

    /// <summary>The PreFilter plugins.</summary>
    public IPreFilterPlugin[] PreFilter { get; }

    /// <summary>The Filter plugins.</summary>
    public IFilterPlugin[] Filter { get; }

    /// <summary>The PostFilter plugins.</summary>
    public IPostFilterPlugin[] PostFilter { get; }

    /// <summary>The PreScore plugins.</summary>
    public IPreScorePlugin[] PreScore { get; }

    /// <summary>The Score plugins.</summary>
    public IScorePlugin[] Score { get; }

    /// <summary>What the scores of each Score plugin count.</summary>
    public long[] ScoreWeights { get; }

    /// <summary>The Reserve plugins.</summary>
    public IReservePlugin[] Reserve { get; }

    /// <summary>The Permit plugins.</summary>
    public IPermitPlugin[] Permit { get; }

    /// <summary>The PreBind plugins.</summary>
    public IPreBindPlugin[] PreBind { get; }

    /// <summary>The Bind plugins.</summary>
    public IBindPlugin[] Bind { get; }

    /// <summary>The PostBind plugins.</summary>
    public IPostBindPlugin[] PostBind { get; }

    /// <summary>kube-scheduler's default plugins, as far as they are modelled, with its default weights.</summary>
    /// <remarks>Left out: PodTopologySpread, InterPodAffinity and DefaultPreemption (see
    /// <see cref="Pods.UnsupportedPodFields"/>), ImageLocality (images have no size here) and the volume
    /// plugins.</remarks>
    public static Profile Default() => new(
    [
        new(new PrioritySort()),
        new(new NodeUnschedulable()),
        new(new NodeName()),
        new(new TaintToleration(), 3),
        new(new NodeAffinity(), 2),
        new(new NodePorts()),
        new(new NodeResourcesFit()),
        new(new NodeResourcesBalancedAllocation()),
        new(new DefaultBinder()),
    ]);

    private static T[] At<T>(IReadOnlyList<EnabledPlugin> plugins) => [.. plugins.Select(p => p.Plugin).OfType<T>()];
}
