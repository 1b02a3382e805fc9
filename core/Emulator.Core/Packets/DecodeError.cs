namespace Emulator.Core.Packets;

/// <summary>Why bytes were refused by <see cref="PacketDecoder"/>.</summary>
public enum DecodeError : byte
{
    /// <summary>They were not refused.</summary>
    None,

    /// <summary>Fewer bytes than the header, or a length field, needs.</summary>
    TooShort,

    /// <summary>An EtherType other than IPv4 and ARP.</summary>
    EtherTypeUnknown,

    /// <summary>ARP for something other than IPv4 over Ethernet, or an operation other than request and
    /// reply.</summary>
    ArpUnknown,

    /// <summary>Not version 4.</summary>
    IPVersion,

    /// <summary>An IPv4 header with options, which are not modelled, or shorter than 20 bytes.</summary>
    IPHeaderLength,

    /// <summary>The total length, or a UDP length, does not agree with the bytes around it.</summary>
    LengthMismatch,

    /// <summary>A checksum is wrong.</summary>
    Checksum,

    /// <summary>A protocol other than ICMP, UDP and TCP.</summary>
    ProtocolUnknown,

    /// <summary>A TCP header length below 20 bytes, or an option whose length makes no sense.</summary>
    TcpHeader,

    /// <summary>An ICMP type that is not spoken here.</summary>
    IcmpTypeUnknown,

    /// <summary>A VXLAN header without a valid identifier.</summary>
    VxlanHeader,

    /// <summary>A fragment whose offset and length go beyond 65,535 bytes.</summary>
    FragmentTooFar,
}
