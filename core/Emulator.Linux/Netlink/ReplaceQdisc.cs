using Emulator.Underlay.Qdiscs;

namespace Emulator.Linux.Netlink;

/// <summary><c>tc qdisc replace dev DEVICE root tbf …</c>, <c>… netem …</c>, or a netem as the child of a tbf; both
/// null is <c>tc qdisc del dev DEVICE root</c>.</summary>
/// <param name="Device">The device whose egress it is.</param>
/// <param name="Tbf">The token bucket, or null.</param>
/// <param name="Netem">The network emulator, or null.</param>
public sealed record ReplaceQdisc(string Device, TbfOptions? Tbf, NetemOptions? Netem) : NetlinkMessage;
