using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Linux.Netfilter;

namespace Emulator.Linux.Netlink;

/// <summary>
/// <c>iptables-restore</c>: replaces all that one owner has in one table. The built-in chains of a namespace hold the
/// rules of
/// its owners one after another, by <see cref="Order"/>.
/// </summary>
/// <param name="Table">Which table.</param>
/// <param name="Owner">Whose rules: <c>kube-proxy</c>, <c>flanneld</c>, a person.</param>
/// <param name="Order">Place among the owners in the built-in chains; lower is earlier.</param>
/// <param name="Content">The rules; shared by reference between nodes.</param>
public sealed record ReplaceTable(TableName Table, string Owner, int Order, TableContent Content) : NetlinkMessage;

/// <summary>What an owner puts into a table.</summary>
/// <param name="Builtin">Rules for the built-in chains, in order within each hook.</param>
/// <param name="Chains">All user-defined chains, for listing; rules reach them by reference.</param>
public sealed record TableContent(
    IReadOnlyList<(Hook Hook, Rule Rule)> Builtin, IReadOnlyList<Chain> Chains)
{
    /// <summary>The built-in rules' compiled form, made at first use (making it twice does no harm).</summary>
    internal CompiledContent Compiled => field ??= new CompiledContent(this);
}

/// <summary><c>conntrack -F</c>: forgets all tracked connections.</summary>
public sealed record FlushConntrack : NetlinkMessage;

/// <summary><c>conntrack -D -p PROTOCOL --orig-dst ADDRESS --orig-port-dst PORT [--reply-src ADDRESS]</c>: stale flows
/// to a
/// Service, as kube-proxy removes them.</summary>
public sealed record DeleteConntrack(
    IPProtocol Protocol, IPv4Address? OriginalDestination, ushort? OriginalDestinationPort, IPv4Address? ReplySource)
    : NetlinkMessage;
