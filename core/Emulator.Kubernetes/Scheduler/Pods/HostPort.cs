using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>A port of the node itself that a container takes.</summary>
/// <param name="HostIP">The node's address that it listens on; <c>0.0.0.0</c> is all.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Port">1 to 65,535.</param>
public readonly record struct HostPort(string HostIP, string Protocol, int Port)
{
    private const string AllAddresses = "0.0.0.0";

    /// <summary>The host ports of a pod's containers and sidecars; host networking makes every container port one (the
    /// API server's defaulting writes it into the spec).</summary>
    public static HostPort[] ParseAll(JsonValue spec)
    {
        var ports = new List<HostPort>();
        foreach (JsonValue container in spec["containers"]?.Items ?? [])
        {
            Add(container, ports);
        }

        foreach (JsonValue container in spec["initContainers"]?.Items ?? [])
        {
            if (container["restartPolicy"]?.AsString == "Always")
            {
                Add(container, ports);
            }
        }

        return [.. ports];
    }

    /// <summary>Whether two cannot be had on one node.</summary>
    public bool ConflictsWith(HostPort other) =>
        Port == other.Port
        && Protocol == other.Protocol
        && (HostIP == AllAddresses || other.HostIP == AllAddresses || HostIP == other.HostIP);

    private static void Add(JsonValue container, List<HostPort> ports)
    {
        foreach (JsonValue port in container["ports"]?.Items ?? [])
        {
            if (port["hostPort"]?.AsInt64 is long number and > 0)
            {
                string address = port["hostIP"]?.AsString is { Length: > 0 } given ? given : AllAddresses;
                string protocol = port["protocol"]?.AsString is { Length: > 0 } named ? named : "TCP";
                ports.Add(new HostPort(address, protocol, (int)number));
            }
        }
    }
}
