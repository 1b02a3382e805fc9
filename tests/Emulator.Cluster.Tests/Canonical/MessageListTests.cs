using Emulator.Core.Actors;

namespace Emulator.Cluster.Tests.Canonical;

/// <summary>Whoever adds a message decides here whether it may leave its machine.</summary>
public sealed class MessageListTests
{
    /// <summary>What stays inside its machine: timers, and what a machine's own agents and kernel tell each
    /// other.</summary>
    private static readonly string[] MachineLocal =
    [
        "AddBridge", "AddFdbEntry", "AddProcess", "AddVeth", "AddVxlan", "AnnounceAddress", "ApiClientTick",
        "ApiServerTick", "AttachVeth", "BridgeHook", "BridgeVerdict", "ChargeMemory", "ChargePageCache",
        "CollectGarbage", "CpuDone", "CreateNamespace", "DeleteConntrack", "DeleteFdbEntry", "DeleteNamespace",
        "FlushWatches", "Heartbeat", "LeakMemory", "MountCgroups", "NamespaceCreated", "NeighbourTimer",
        "OomKilled", "PodStep", "ProcessExited", "ProcessTimer", "QdiscDeparture", "ReadUsage", "ReassemblyTimer",
        "RemoveBridgePort", "RemoveCgroup", "RemoveProcess", "ReplacePeers", "ReplaceTable", "ReportExits",
        "RunCpu", "SetBridgeNetfilter", "SetBridgePort", "SetCarrier", "SetPortCarrier", "SetPortQdisc",
        "SetResolver", "ShowNamespaces", "ShutDown", "SocketTimer", "SystemOom", "TerminateProcess", "TimerMessage",
        "UndeliveredMessage", "UsagePassed", "UsageReport", "WatchUsage", "WriteCgroup",
    ];

    [Fact]
    public void Every_message_is_encoded_or_stays_inside_its_machine()
    {
        string[] encoded = [.. SampleMessages.All.Values.Select(m => m.GetType().Name).Distinct()];
        string[] all =
        [
            .. new[] { typeof(Message), typeof(Underlay.Wire), typeof(Linux.HostActor), typeof(Kubernetes.Api.PodView),
                typeof(Cluster.Building.ClusterBuilder) }
                .SelectMany(type => type.Assembly.GetTypes())
                .Where(type => type.IsSubclassOf(typeof(Message)) && !type.IsAbstract).Select(type => type.Name),
        ];

        Assert.Equal(all.Order(StringComparer.Ordinal), encoded.Concat(MachineLocal).Order(StringComparer.Ordinal));
    }
}
