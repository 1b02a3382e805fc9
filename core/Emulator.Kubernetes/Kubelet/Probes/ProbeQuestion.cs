using Emulator.Core.Addresses;
using Emulator.Core.Time;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet.Probes;

/// <summary>A probe's question as an exchange of the node's network namespace, and what the answer means.</summary>
/// <remarks>Source: kubernetes pkg/probe (http, tcp). A redirection counts as success and is not followed.</remarks>
internal static class ProbeQuestion
{
    /// <summary>The exchange that asks.</summary>
    /// <param name="spec">The probe; not exec.</param>
    /// <param name="address">The pod's address.</param>
    /// <param name="timeout">When to give up.</param>
    /// <param name="label">What the exchange is called in reports.</param>
    public static ExchangeRequest Of(ProbeSpec spec, IPv4Address address, SimDuration timeout, string label) => new()
    {
        Kind = spec.Handler == ProbeHandler.HttpGet ? ExchangeKind.Http : ExchangeKind.Tcp,
        OnlyConnects = spec.Handler == ProbeHandler.TcpSocket,
        Host = spec.Host ?? address.ToString(),
        Port = spec.Port,
        Path = spec.Path,
        HostHeader = spec.HostHeader,
        Timeout = timeout,
        Label = label,
    };

    /// <summary>Whether the answer is a success.</summary>
    public static bool IsSuccess(ProbeSpec spec, ExchangeResult result) => result.Outcome == ExchangeOutcome.Reply
        && (spec.Handler != ProbeHandler.HttpGet || result.Status is >= 200 and < 400);

    /// <summary>What went wrong, as the kubelet's events say it.</summary>
    public static string Problem(ProbeSpec spec, IPv4Address address, ExchangeResult result)
    {
        string host = spec.Host ?? address.ToString();
        if (result.Outcome == ExchangeOutcome.Reply)
        {
            return $"HTTP probe failed with statuscode: {result.Status}";
        }

        string problem = result.Outcome switch
        {
            ExchangeOutcome.Timeout => "context deadline exceeded",
            ExchangeOutcome.Refused => "connect: connection refused",
            ExchangeOutcome.Reset => "read: connection reset by peer",
            ExchangeOutcome.Unreachable => "connect: no route to host",
            _ => result.Problem.Length > 0 ? result.Problem : result.Outcome.ToString(),
        };
        return spec.Handler == ProbeHandler.HttpGet
            ? $"Get \"http://{host}:{spec.Port}{spec.Path}\": {problem}"
            : $"dial tcp {host}:{spec.Port}: {problem}";
    }
}
