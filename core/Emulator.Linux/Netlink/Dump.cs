namespace Emulator.Linux.Netlink;

/// <summary>
/// A listing command, such as <c>ip route</c>: the namespace journals its answer as <c>CommandOutput</c>, in the
/// tool's own format.
/// </summary>
/// <param name="Command">One of <see cref="Listing.Commands"/>.</param>
public sealed record Dump(string Command) : NetlinkMessage;
