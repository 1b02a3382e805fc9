namespace Emulator.Core.Packets;

/// <summary>The protocol field of an IPv4 header. Source: IANA "Protocol Numbers".</summary>
public enum IPProtocol : byte
{
    /// <summary>Internet Control Message Protocol.</summary>
    Icmp = 1,

    /// <summary>Transmission Control Protocol.</summary>
    Tcp = 6,

    /// <summary>User Datagram Protocol.</summary>
    Udp = 17,

    /// <summary>Stream Control Transmission Protocol: named in rules, never carried.</summary>
    Sctp = 132,
}
