using Emulator.Core.Addresses;
using Emulator.Core.Time;
using Emulator.Linux.IPv4;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Netlink;

/// <summary>What <c>ip route get ADDRESS</c> prints: which way a packet made here would take, and its path MTU where
/// one was learned.</summary>
/// <remarks>Source: iproute2 6.1 against Linux 6.18.</remarks>
internal static class RouteAnswer
{
    /// <summary>The answer, or the error as the tool prints it.</summary>
    public static string Of(NetworkNamespace netns, IPv4Address to, SimTime now)
    {
        RouteDecision route = netns.Output.Route(to);
        if (route.Error != OutputError.None)
        {
            return "RTNETLINK answers: " + route.Error switch
            {
                OutputError.HostUnreachable => "No route to host",
                OutputError.AccessDenied => "Permission denied",
                OutputError.Invalid => "Invalid argument",
                _ => "Network is unreachable",
            } + "\n";
        }

        RouteType type = netns.Fib.Classify(to);
        (string kind, string flags) = type switch
        {
            RouteType.Local => ("local ", " <local>"),
            RouteType.Broadcast => ("broadcast ", " <local,brd>"),
            _ => ("", ""),
        };
        string via = type == RouteType.Unicast && route.Route?.Gateway is { } gateway ? $" via {gateway}" : "";
        string mtu = netns.LearnedPathMtu(to, now) is var (learned, left)
            ? $" expires {left / 1_000_000_000}sec mtu {learned}" : "";
        return $"{kind}{to}{via} dev {route.Device.Name} src {netns.Output.SourceOf(route, to)} uid 0 \n"
            + $"    cache{flags}{mtu} \n";
    }
}
