using Emulator.Core.Actors;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Dns;

/// <summary>The cluster's DNS server, which runs in scheduled pods: answers over UDP and TCP at port 53 from what the
/// API server tells it.</summary>
/// <param name="MachineRoot">The root of the machine that it runs on.</param>
/// <param name="ApiServer">The API server.</param>
/// <param name="Options">Its settings.</param>
public sealed record CoreDns(ActorRef MachineRoot, ActorRef ApiServer, DnsZoneOptions Options) : Program
{
    /// <inheritdoc/>
    public override string Name => "coredns";

    /// <inheritdoc/>
    public override Process Start() => new CoreDnsProcess(this);
}
