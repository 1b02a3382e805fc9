using Emulator.Core.Actors;

namespace Emulator.Linux.Netlink;

/// <summary>A request that configures one namespace's kernel, sent to the actor that hosts the namespace.</summary>
/// <remarks>The only way in: kube-proxy, flanneld and the CNI plugin configure a node by these, as on a real
/// one.</remarks>
public abstract record NetlinkMessage : Message;
