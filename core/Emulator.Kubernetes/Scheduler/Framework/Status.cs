namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>What a plugin's answer means.</summary>
public enum StatusCode
{
    /// <summary>Go on.</summary>
    Success,

    /// <summary>Not now; another pod's end or a changed node may help.</summary>
    Unschedulable,

    /// <summary>Not now, and evicting pods from this node would not help.</summary>
    UnschedulableAndUnresolvable,

    /// <summary>The plugin has nothing to do for this pod: its Filter or Score is not called in this cycle.</summary>
    Skip,
}

/// <summary>A plugin's answer: a code and, when it is a refusal, the reasons that a person reads.</summary>
/// <remarks>Immutable and shared: plugins keep theirs, so that a refusal costs no allocation. Source: kube-scheduler's
/// <c>framework.Status</c>.</remarks>
public sealed class Status
{
    private Status(StatusCode code, string[] reasons)
    {
        Code = code;
        Reasons = reasons;
    }

    /// <summary>Go on.</summary>
    public static readonly Status Success = new(StatusCode.Success, []);

    /// <summary>Nothing to do for this pod.</summary>
    public static readonly Status Skip = new(StatusCode.Skip, []);

    /// <summary>What the answer means.</summary>
    public StatusCode Code { get; }

    /// <summary>Why not; empty for success.</summary>
    public IReadOnlyList<string> Reasons { get; }

    /// <summary>Whether the pod may go on (success, or nothing to do).</summary>
    public bool IsSuccess => Code is StatusCode.Success or StatusCode.Skip;

    /// <summary>A refusal that another pod's end may lift.</summary>
    public static Status Unschedulable(params string[] reasons) => new(StatusCode.Unschedulable, reasons);

    /// <summary>A refusal that evicting pods would not lift.</summary>
    public static Status Unresolvable(params string[] reasons) => new(StatusCode.UnschedulableAndUnresolvable, reasons);

    /// <inheritdoc/>
    public override string ToString() => Reasons.Count == 0 ? Code.ToString() : $"{Code}: {string.Join(", ", Reasons)}";
}
