using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Client.Tests.Lab;

/// <summary>What the two ends of an exchange saw, in the recordings' words.</summary>
internal static class AppText
{
    /// <summary>The lines, each <c>key=value</c>; <c>={}</c> where nothing was seen.</summary>
    public static IEnumerable<string> Of(
        ExchangeRequest request, ExchangeResult result, string server, ServedExchange? served)
    {
        IEnumerable<string> seen = request.Kind switch
        {
            ExchangeKind.Ping => OfPing(result),
            ExchangeKind.Udp => OfUdp(result, server, served),
            _ => OfTcp(request, result, server, served),
        };
        IEnumerable<string> all =
            request.TimeToLive > 0 && request.Kind == ExchangeKind.Udp ? [$"ttl={request.TimeToLive}", .. seen] : seen;
        return all.DefaultIfEmpty("={}");
    }

    private static IEnumerable<string> OfPing(ExchangeResult result) => result switch
    {
        { Outcome: ExchangeOutcome.Reply } => [$"reply_from={result.Remote.Address}", $"ttl={result.ReplyTimeToLive}"],
        { Failure: { Offender.Value: not 0 } f } =>
        [
            $"icmp_from={f.Offender}", $"type={(int)f.IcmpType}", $"code={f.IcmpCode}",
            $"mtu={(f.Mtu == 0 ? "null" : $"{f.Mtu}")}",
        ],
        _ => [],
    };

    private static IEnumerable<string> OfUdp(ExchangeResult result, string server, ServedExchange? served)
    {
        if (result.Outcome == ExchangeOutcome.Reply)
        {
            return
            [
                $"endpoint={server}", $"server_sees_peer={served?.Peer}", $"server_got={served?.BytesReceived}",
                $"client_got={result.BytesReceived}", $"client_sees_from={result.Remote}",
            ];
        }

        SocketFailure failure = result.Failure;
        if (failure.Error == SocketError.None)
        {
            return [];
        }

        bool isLocal = failure.Offender.Value == 0;
        string[] error =
        [
            $"err.0.errno={failure.Error.Name()}", $"err.0.origin={(isLocal ? "local" : "icmp")}",
            $"err.0.type={(int)failure.IcmpType}", $"err.0.code={failure.IcmpCode}", $"err.0.info={failure.Mtu}",
            $"err.0.offender={failure.Offender}",
        ];
        return isLocal ? [$"send_error={failure.Error.Name()}", .. error] : error;
    }

    private static IEnumerable<string> OfTcp(
        ExchangeRequest request, ExchangeResult result, string server, ServedExchange? served) => result switch
    {
        { Outcome: ExchangeOutcome.Reply } =>
        [
            $"client_local={result.Local}", $"client_peer={request.Host}:{request.Port}", $"endpoint={server}",
            $"server_sees_peer={served?.Peer}", $"server_local={served?.Local}",
            $"server_got={served?.BytesReceived}", $"client_got={result.BytesReceived}",
        ],
        { Outcome: ExchangeOutcome.Timeout } =>
            [$"connect_error=none within {request.Timeout.Nanoseconds / 1_000_000_000m:0.0}s"],
        _ => [$"connect_error={result.Failure.Error.Name()}"],
    };
}
