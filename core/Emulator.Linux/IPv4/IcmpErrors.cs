using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.IPv4;

/// <summary>Tells a sender what became of its packet (icmp_send).</summary>
/// <remarks>
/// Source: RFC 1122 section 3.2.2 (what is never answered), RFC 1812 section 4.3.2.3 (576 bytes), Linux'
/// icmp_ratelimit: what a destination may be sent is <see cref="ErrorTokens"/>. "Fragmentation needed" and what is sent
/// to this host itself are not limited. Not modelled: the host's limit for all destinations (icmp_msgs_per_sec).
/// </remarks>
internal sealed class IcmpErrors(NetworkNamespace netns)
{
    /// <summary>The longest error, IP header included.</summary>
    public const int LengthMax = 576;

    private readonly ErrorTokens _tokens = new();

    /// <summary>Sends an error about a packet, if one may be sent.</summary>
    /// <param name="type">What kind.</param>
    /// <param name="code">The kind's detail.</param>
    /// <param name="rest">The header's second word, such as the MTU.</param>
    /// <param name="cause">The packet as it is now, with its connection if it has one.</param>
    /// <param name="offset">Nanoseconds since now.</param>
    /// <param name="outbox">Where it goes.</param>
    public void Send(IcmpType type, byte code, uint rest, in SkBuff cause, long offset, Outbox outbox)
    {
        IPv4Packet about = cause.Packet;
        if (!MayAnswer(about) || !IsWithinLimit(type, code, about.Source, outbox))
        {
            return;
        }

        const int room = LengthMax - IPv4Packet.HeaderLength - IcmpMessage.HeaderLength;
        var error = new IcmpMessage
        {
            Type = type,
            Code = code,
            Rest = rest,
            Quoted = about,
            QuotedLength = Math.Min(about.Length, room),
        };
        IPv4Address source = netns.Fib.Classify(about.Destination) == RouteType.Local
            ? about.Destination : IPv4Address.Any;
        // Precedence "internetwork control", as Linux sets it on errors.
        byte service = (byte)((about.TypeOfService & 0x1E) | 0xC0);
        var identity = new PacketIdentity(netns.NextPacketId(), about.Identity.Flow, !about.Identity.IsReply);
        netns.Output.Send(
            source, about.Source, error, new OutputOptions(identity, false, 0, service), cause, offset, outbox);
    }

    /// <summary>Sends an error about a packet that no route takes (ip_error), which has a limit of its own first.
    /// </summary>
    /// <param name="code">Why it is unreachable.</param>
    /// <param name="cause">The packet as it is now.</param>
    /// <param name="offset">Nanoseconds since now.</param>
    /// <param name="outbox">Where it goes.</param>
    public void SendRouteError(byte code, in SkBuff cause, long offset, Outbox outbox)
    {
        if (_tokens.TryTakeForRoute(cause.Packet.Source, outbox.Now.Nanoseconds))
        {
            Send(IcmpType.DestinationUnreachable, code, 0, cause, offset, outbox);
        }
    }

    private bool MayAnswer(IPv4Packet about) =>
        about.FragmentOffset == 0
        && about.Source != IPv4Address.Any && !about.Source.IsMulticast
        && about.Source != IPv4Address.Broadcast
        && !about.Destination.IsMulticast
        && netns.Fib.Classify(about.Destination) != RouteType.Broadcast
        && about.Payload is not IcmpMessage { IsError: true };

    private bool IsWithinLimit(IcmpType type, byte code, IPv4Address to, Outbox outbox) =>
        (type == IcmpType.DestinationUnreachable && code == IcmpUnreachable.FragmentationNeeded)
        || netns.Fib.Classify(to) == RouteType.Local
        || _tokens.TryTake(to, netns.Sysctls.IcmpRateLimitMilliseconds * 1_000_000, outbox.Now.Nanoseconds);
}
