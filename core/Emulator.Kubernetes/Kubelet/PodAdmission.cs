using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Why a kubelet refuses a pod that was bound to its node.</summary>
/// <param name="Reason">The pod's <c>status.reason</c>, such as <c>OutOfcpu</c>.</param>
/// <param name="Message">The pod's <c>status.message</c>.</param>
/// <param name="IsDisruption">Of a pod that ran: whether the kubelet disrupts it, which a condition says.</param>
public sealed record Rejection(string Reason, string Message, bool IsDisruption = true);

/// <summary>Whether a pod fits beside those that a kubelet has already let in.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/lifecycle/predicate.go. Checked are resources, the number of pods and host
/// ports; left out are node selector, affinity and taints, which the scheduler has checked.</remarks>
public sealed class PodAdmission(ResourceList allocatable)
{
    private readonly SortedDictionary<string, ResourceAmounts> _admitted = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Port, string Protocol), string> _hostPorts = [];
    private ResourceAmounts _used = ResourceAmounts.Empty;

    /// <summary>How many pods are in.</summary>
    public int Count => _admitted.Count;

    /// <summary>Lets a pod in, or says why not. Call once a pod.</summary>
    public Rejection? Admit(PodView pod)
    {
        ResourceAmounts requests = PodResources.Requests(pod.Object.Spec);
        Rejection? rejection = Pods() ?? Resources(requests) ?? Ports(pod);
        if (rejection is not null)
        {
            return rejection;
        }

        _admitted.Add(pod.Uid, requests);
        _used = _used.Plus(requests);
        foreach ((int Port, string Protocol) port in HostPorts(pod))
        {
            _hostPorts[port] = pod.Uid;
        }

        return null;
    }

    /// <summary>Gives a pod that is in other amounts, or says why not now (<c>Deferred</c>) or never
    /// (<c>Infeasible</c>).</summary>
    public Rejection? Resize(PodView pod)
    {
        ResourceAmounts requests = PodResources.Requests(pod.Object.Spec);
        ResourceAmounts others = _admitted.Where(a => a.Key != pod.Uid)
            .Aggregate(ResourceAmounts.Empty, static (sum, a) => sum.Plus(a.Value));
        foreach (ref readonly ResourceAmount request in requests.Amounts)
        {
            if (request.Amount > Has(request.Name))
            {
                return new Rejection(
                    "Infeasible",
                    $"Node didn't have enough capacity: {request.Name}, requested: {request.Amount}, "
                    + $"capacity: {Has(request.Name)}");
            }
        }

        // What can never be is said before what cannot be now.
        foreach (ref readonly ResourceAmount request in requests.Amounts)
        {
            long has = Has(request.Name);
            long used = others.Find(request.Name) ?? 0;
            if (used + request.Amount > has)
            {
                return new Rejection(
                    "Deferred",
                    $"Node didn't have enough resource: {request.Name}, requested: {request.Amount}, used: {used}, "
                    + $"capacity: {has}");
            }
        }

        _admitted[pod.Uid] = requests;
        _used = others.Plus(requests);
        return null;
    }

    /// <summary>Forgets a pod.</summary>
    public void Release(PodView pod)
    {
        if (!_admitted.Remove(pod.Uid))
        {
            return;
        }

        _used = _admitted.Values.Aggregate(ResourceAmounts.Empty, static (sum, amounts) => sum.Plus(amounts));
        foreach ((int Port, string Protocol) port in HostPorts(pod))
        {
            if (_hostPorts.GetValueOrDefault(port) == pod.Uid)
            {
                _hostPorts.Remove(port);
            }
        }
    }

    private static IEnumerable<(int Port, string Protocol)> HostPorts(PodView pod) => pod.Containers
        .SelectMany(c => c.Ports).Where(p => p.HostPort != 0).Select(p => (p.HostPort, p.Protocol));

    private static Rejection Insufficient(string resource, long requested, long used, long capacity) => new(
        $"OutOf{resource}",
        $"Pod was rejected: Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, "
        + $"capacity: {capacity}");

    private Rejection? Pods()
    {
        long most = allocatable["pods"].Value;
        return _admitted.Count + 1 > most ? Insufficient("pods", 1, _admitted.Count, most) : null;
    }

    private Rejection? Resources(ResourceAmounts requests)
    {
        foreach (ref readonly ResourceAmount request in requests.Amounts)
        {
            long used = _used.Find(request.Name) ?? 0;
            long has = Has(request.Name);
            if (request.Amount > 0 && used + request.Amount > has)
            {
                return Insufficient(request.Name, request.Amount, used, has);
            }
        }

        return null;
    }

    private long Has(string resource) =>
        resource == "cpu" ? allocatable["cpu"].MilliValue : allocatable[resource].Value;

    private Rejection? Ports(PodView pod) => HostPorts(pod).Any(_hostPorts.ContainsKey)
        ? new Rejection(
            "NodePorts",
            "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
        : null;
}
