using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Underlay;

/// <summary>The router inside a zone's switch: answers ARP for the gateway, and routes IPv4 by static tables.</summary>
/// <remarks>
/// Source: RFC 1812 (TTL, ICMP errors), RFC 826. Left out, as it is no kernel: fragmentation (all zones have one MTU),
/// redirects, ARP of its own (the builder gives the stations), rate limits on ICMP errors. An ARP request for the
/// gateway is
/// answered and not flooded on.
/// </remarks>
internal sealed class Gateway
{
    /// <summary>How much of a packet an error quotes at most: 576 bytes in all (RFC 1812 section 4.3.2.3).</summary>
    private const int QuotedMax = 576 - IPv4Packet.HeaderLength - IcmpMessage.HeaderLength;

    private readonly Switch _switch;
    private readonly GatewayOptions _options;
    private readonly Dictionary<uint, GatewayHost> _hosts = [];
    private readonly GatewayRoute[] _routes;

    public Gateway(Switch owner, GatewayOptions options)
    {
        _switch = owner;
        _options = options;
        foreach (GatewayHost host in options.Hosts)
        {
            if (!options.Subnet.Contains(host.Address))
            {
                throw new ArgumentException(
                    $"{owner.Self.Name}: host {host.Address} is not in the zone's subnet {options.Subnet}; "
                    + "add a route to it.");
            }

            _hosts[host.Address.Value] = host;
        }

        // Longest first; OrderBy is stable, so that of equal prefixes the first given stays first.
        _routes = [.. options.Routes.OrderByDescending(route => route.Prefix.Length)];
    }

    private enum Fate
    {
        Forward,
        NoRoute,
        NoHost,
    }

    /// <summary>
    /// Whether a frame is for the gateway itself: its address, or an ARP request for its IPv4 address.
    /// </summary>
    public bool Takes(EthernetFrame frame) => frame.Destination == _options.Mac
        || (frame.Destination.IsGroup && frame.Payload is ArpPacket arp && arp.TargetAddress == _options.Address);

    public void Receive(EthernetFrame frame, int port, Outbox outbox)
    {
        switch (frame.Payload)
        {
            case ArpPacket { Operation: ArpOperation.Request } arp when arp.TargetAddress == _options.Address:
                outbox.Delivered(_switch.Self, arp);
                ArpPacket reply = new(
                    ArpOperation.Reply, _options.Mac, _options.Address, arp.SenderMac, arp.SenderAddress)
                {
                    Identity = Answer(arp),
                };
                outbox.Originated(_switch.Self, reply);
                _switch.Emit(new EthernetFrame(_options.Mac, arp.SenderMac, reply), port, outbox);
                break;
            case IPv4Packet packet when packet.Destination == _options.Address:
                TakeOwn(packet, outbox);
                break;
            case IPv4Packet packet:
                Forward(packet, outbox);
                break;
            default:
                outbox.Delivered(_switch.Self, frame.Payload);
                break;
        }
    }

    /// <summary>Answers a ping; speaks nothing else.</summary>
    private void TakeOwn(IPv4Packet packet, Outbox outbox)
    {
        if (packet.Payload is not IcmpMessage { Type: IcmpType.EchoRequest } echo)
        {
            outbox.Dropped(_switch.Self, packet, DropReason.NoProtocol);
            return;
        }

        outbox.Delivered(_switch.Self, packet);
        Originate(packet, echo with { Type = IcmpType.EchoReply }, outbox);
    }

    private void Forward(IPv4Packet packet, Outbox outbox)
    {
        if (packet.TimeToLive <= 1)
        {
            outbox.Dropped(_switch.Self, packet, DropReason.TtlExceeded);
            Complain(packet, IcmpType.TimeExceeded, 0, outbox);
            return;
        }

        switch (Find(packet.Destination, out int port, out MacAddress next))
        {
            case Fate.Forward:
                IPv4Packet onward = packet with { TimeToLive = (byte)(packet.TimeToLive - 1) };
                _switch.Emit(new EthernetFrame(_options.Mac, next, onward), port, outbox);
                break;
            case Fate.NoRoute:
                outbox.Dropped(_switch.Self, packet, DropReason.NoRoute);
                Complain(packet, IcmpType.DestinationUnreachable, IcmpUnreachable.Network, outbox);
                break;
            default:
                outbox.Dropped(_switch.Self, packet, DropReason.NeighFailed);
                Complain(packet, IcmpType.DestinationUnreachable, IcmpUnreachable.Host, outbox);
                break;
        }
    }

    private Fate Find(IPv4Address destination, out int port, out MacAddress next)
    {
        if (_options.Subnet.Contains(destination))
        {
            bool known = _hosts.TryGetValue(destination.Value, out GatewayHost host);
            (port, next) = (host.Port, host.Mac);
            return known ? Fate.Forward : Fate.NoHost;
        }

        foreach (GatewayRoute route in _routes)
        {
            if (route.Prefix.Contains(destination))
            {
                (port, next) = (route.Port, route.NextHop);
                return Fate.Forward;
            }
        }

        (port, next) = (0, default);
        return Fate.NoRoute;
    }

    /// <summary>Sends an ICMP error, unless the packet must not cause one (RFC 1812 section 4.3.2.7).</summary>
    private void Complain(IPv4Packet about, IcmpType type, byte code, Outbox outbox)
    {
        bool silent = about.Payload is IcmpMessage { IsError: true } || about.FragmentOffset != 0
            || about.Destination.IsMulticast || about.Destination == IPv4Address.Broadcast
            || about.Source == IPv4Address.Any;
        if (!silent)
        {
            IcmpMessage error = new()
            {
                Type = type,
                Code = code,
                Quoted = about,
                QuotedLength = Math.Min(about.Length, QuotedMax),
            };
            Originate(about, error, outbox);
        }
    }

    /// <summary>Sends a packet of the gateway's own back to another's source.</summary>
    private void Originate(IPv4Packet about, IcmpMessage message, Outbox outbox)
    {
        IPv4Packet packet = new()
        {
            Identity = Answer(about),
            Source = _options.Address,
            Destination = about.Source,
            Payload = message,
        };
        outbox.Originated(_switch.Self, packet);
        if (Find(packet.Destination, out int port, out MacAddress next) == Fate.Forward)
        {
            _switch.Emit(new EthernetFrame(_options.Mac, next, packet), port, outbox);
        }
        else
        {
            outbox.Dropped(_switch.Self, packet, DropReason.NoRoute);
        }
    }

    private PacketIdentity Answer(NetworkPacket about) =>
        new(_switch.NextPacketId(), about.Identity.Flow, !about.Identity.IsReply);
}
