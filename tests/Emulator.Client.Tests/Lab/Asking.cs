using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Client.Tests.Lab;

/// <summary>Short ways of writing the recordings' exchanges.</summary>
internal static class Asking
{
    /// <summary>A ping with the recording's identifier.</summary>
    public static LabStep.Ask Ping(string from, string to, string key = "") => new(key, from, new ExchangeRequest
    {
        Kind = ExchangeKind.Ping,
        Host = to,
        LocalPort = 4660,
        Bytes = new FillerPayload(56),
        Timeout = SimDuration.FromSeconds(1),
    });

    /// <summary>A request of 5 bytes over TCP for 6.</summary>
    public static LabStep.Ask Tcp(
        string from, string to, int localPort, string key = "", double seconds = 5, int bytes = 5) =>
        new(key, from, new ExchangeRequest
        {
            Kind = ExchangeKind.Tcp,
            Host = to.Split(':')[0],
            Port = ushort.Parse(to.Split(':')[1], null),
            LocalPort = (ushort)localPort,
            Bytes = AskedReply.Request(bytes, 6),
            ReplyLength = 6,
            Timeout = SimDuration.FromMilliseconds((long)(seconds * 1_000)),
        });

    /// <summary>A datagram of 4 bytes that asks for 5.</summary>
    public static LabStep.Ask Udp(
        string from, string to, int localPort, string? key = "", int bytes = 4, int ttl = 0,
        PathMtuDiscovery discovery = PathMtuDiscovery.Want, int milliseconds = 500) =>
        new(key, from, new ExchangeRequest
        {
            Kind = ExchangeKind.Udp,
            Host = to.Split(':')[0],
            Port = ushort.Parse(to.Split(':')[1], null),
            LocalPort = (ushort)localPort,
            Bytes = AskedReply.Request(bytes, 5),
            TimeToLive = (byte)ttl,
            PathMtuDiscovery = discovery,
            Timeout = SimDuration.FromMilliseconds(milliseconds),
        });
}
