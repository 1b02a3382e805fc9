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
/// icmp_ratelimit: a
/// token bucket a destination, six in a burst, one more each icmp_ratelimit milliseconds.
/// </remarks>
internal sealed class IcmpErrors(NetworkNamespace netns)
{
    /// <summary>The longest error, IP header included.</summary>
    public const int LengthMax = 576;

    private const int Burst = 6;
    private const int BucketsMax = 4_096;

    private readonly Dictionary<uint, (long Tokens, long At)> _buckets = [];

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
        if (!MayAnswer(about) || !TakeToken(about.Source, outbox))
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

    private bool MayAnswer(IPv4Packet about) =>
        about.FragmentOffset == 0
        && about.Source != IPv4Address.Any && !about.Source.IsMulticast
        && about.Source != IPv4Address.Broadcast
        && !about.Destination.IsMulticast
        && netns.Fib.Classify(about.Destination) != RouteType.Broadcast
        && about.Payload is not IcmpMessage { IsError: true };

    private bool TakeToken(IPv4Address to, Outbox outbox)
    {
        long interval = netns.Sysctls.IcmpRateLimitMilliseconds * 1_000_000;
        if (interval == 0 || to.IsLoopback)
        {
            return true;
        }

        if (_buckets.Count == BucketsMax)
        {
            _buckets.Clear(); // Forgetting is generous: at worst a burst more.
        }

        long now = outbox.Now.Nanoseconds;
        (long tokens, long at) = _buckets.TryGetValue(to.Value, out (long, long) found)
            ? found : (Burst * interval, now);
        tokens = Math.Min(Burst * interval, tokens + now - at);
        bool allowed = tokens >= interval;
        _buckets[to.Value] = (allowed ? tokens - interval : tokens, now);
        return allowed;
    }
}
