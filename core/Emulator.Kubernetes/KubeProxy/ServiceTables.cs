using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>What kube-proxy puts into a node's tables. Nodes with the same rules have the same object.</summary>
public sealed record ServiceTables(TableContent Filter, TableContent Nat);
