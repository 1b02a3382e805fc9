namespace Emulator.Core.Packets;

/// <summary>A UDP datagram.</summary>
/// <remarks>Source: RFC 768.</remarks>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Data">What it carries.</param>
public sealed record UdpDatagram(ushort SourcePort, ushort DestinationPort, Payload Data) : TransportPayload
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 8;

    /// <summary>True where the checksum field is sent as zero ("not computed"), as Linux does on VXLAN's outer
    /// header.</summary>
    public bool NoChecksum { get; init; }

    /// <inheritdoc/>
    public override IPProtocol Protocol => IPProtocol.Udp;

    /// <inheritdoc/>
    public override int Length => HeaderLength + Data.Length;
}
