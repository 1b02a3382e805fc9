using System.Globalization;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;

namespace Emulator.Kubernetes.Kubelet.Probes;

/// <summary>How a probe asks.</summary>
public enum ProbeHandler : byte
{
    /// <summary>An HTTP GET; 200 to 399 is success.</summary>
    HttpGet,

    /// <summary>A TCP connection that stands. <c>grpc</c> and <c>httpGet</c> with HTTPS are asked like this too:
    /// there is neither gRPC nor TLS.</summary>
    TcpSocket,

    /// <summary>A command, which is not run: it succeeds while the container has started up and does not
    /// hang.</summary>
    Exec,
}

/// <summary>A probe of a container, read.</summary>
/// <remarks>Source: kubernetes API v1 Probe with its defaults. Left out: <c>httpHeaders</c> but Host.</remarks>
public sealed record ProbeSpec
{
    /// <summary>How it asks.</summary>
    public required ProbeHandler Handler { get; init; }

    /// <summary>What it is called in events: <c>HTTP</c>, <c>TCP</c>, <c>gRPC</c> or <c>exec</c>.</summary>
    public required string Word { get; init; }

    /// <summary>The port, 1 to 65,535; 0 for exec.</summary>
    public ushort Port { get; init; }

    /// <summary>HTTP's path.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Whom it asks instead of the pod; null is the pod.</summary>
    public string? Host { get; init; }

    /// <summary>HTTP's Host header; null is whom it asks.</summary>
    public string? HostHeader { get; init; }

    /// <summary>From the container's start until the first time. Default 0.</summary>
    public required SimDuration InitialDelay { get; init; }

    /// <summary>From one time to the next. Default 10 s, at least 1 s.</summary>
    public required SimDuration Period { get; init; }

    /// <summary>When no answer is a failure. Default 1 s, at least 1 s.</summary>
    public required SimDuration Timeout { get; init; }

    /// <summary>Successes in a row that count. Default 1; 1 for liveness and startup.</summary>
    public required int SuccessThreshold { get; init; }

    /// <summary>Failures in a row that count. Default 3.</summary>
    public required int FailureThreshold { get; init; }

    /// <summary>How long the container has to end when the probe kills it; null is the pod's.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>The probe of a kind, or null when the container has none, or one without a handler.</summary>
    public static ProbeSpec? Of(ContainerView container, ProbeKind kind)
    {
        JsonValue? json = kind switch
        {
            ProbeKind.Startup => container.StartupProbe,
            ProbeKind.Readiness => container.ReadinessProbe,
            _ => container.LivenessProbe,
        };
        if (json is not JsonObject || Handlers(container, json) is not { } handler)
        {
            return null;
        }

        long Number(string name, long otherwise) => json[name]?.AsInt64 is { } value and > 0 ? value : otherwise;
        return handler with
        {
            InitialDelay = SimDuration.FromSeconds(Number("initialDelaySeconds", 0)),
            Period = SimDuration.FromSeconds(Number("periodSeconds", 10)),
            Timeout = SimDuration.FromSeconds(Number("timeoutSeconds", 1)),
            SuccessThreshold = (int)Number("successThreshold", 1),
            FailureThreshold = (int)Number("failureThreshold", 3),
            TerminationGracePeriodSeconds = json["terminationGracePeriodSeconds"]?.AsInt64,
        };
    }

    /// <summary>The handler of a probe or a hook, without its times; null for none that is known.</summary>
    public static ProbeSpec? Handlers(ContainerView container, JsonValue json)
    {
        if (json["httpGet"] is { } http)
        {
            bool isTls = string.Equals(http["scheme"]?.AsString, "HTTPS", StringComparison.OrdinalIgnoreCase);
            return Untimed(isTls ? ProbeHandler.TcpSocket : ProbeHandler.HttpGet, "HTTP") with
            {
                Port = PortOf(container, http["port"]),
                Path = http["path"]?.AsString is { Length: > 0 } path ? path : "/",
                Host = http["host"]?.AsString is { Length: > 0 } host ? host : null,
                HostHeader = http["httpHeaders"]?.Items
                    .FirstOrDefault(h => h["name"]?.AsString == "Host")?["value"]?.AsString,
            };
        }

        if (json["tcpSocket"] is { } tcp)
        {
            return Untimed(ProbeHandler.TcpSocket, "TCP") with
            {
                Port = PortOf(container, tcp["port"]),
                Host = tcp["host"]?.AsString is { Length: > 0 } host ? host : null,
            };
        }

        if (json["grpc"] is { } grpc)
        {
            return Untimed(ProbeHandler.TcpSocket, "gRPC") with { Port = PortOf(container, grpc["port"]) };
        }

        return json["exec"] is not null ? Untimed(ProbeHandler.Exec, "exec") : null;
    }

    private static ProbeSpec Untimed(ProbeHandler handler, string word) => new()
    {
        Handler = handler,
        Word = word,
        InitialDelay = SimDuration.Zero,
        Period = SimDuration.Zero,
        Timeout = SimDuration.Zero,
        SuccessThreshold = 1,
        FailureThreshold = 1,
    };

    /// <summary>A number, or the name of one of the container's ports; 0, which nobody listens at, for
    /// neither.</summary>
    private static ushort PortOf(ContainerView container, JsonValue? port)
    {
        if (port?.AsInt64 is { } number and > 0 and <= ushort.MaxValue)
        {
            return (ushort)number;
        }

        string name = port?.AsString ?? "";
        return ushort.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out ushort text)
            ? text
            : (ushort)(container.Ports.FirstOrDefault(p => p.Name == name)?.ContainerPort ?? 0);
    }
}
