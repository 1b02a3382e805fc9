using System.Text;

namespace Emulator.Core.Packets;

/// <summary>
/// The bytes above the transport header: <see cref="BytesPayload"/>, <see cref="FillerPayload"/> or
/// <see cref="VxlanPayload"/>.
/// </summary>
public abstract record Payload
{
    private protected Payload()
    {
    }

    /// <summary>No bytes.</summary>
    public static readonly Payload Empty = new FillerPayload(0);

    /// <summary>Bytes.</summary>
    public abstract int Length { get; }

    /// <summary>The UTF-8 bytes of a text.</summary>
    public static Payload FromText(string text) => new BytesPayload(Encoding.UTF8.GetBytes(text));
}

/// <summary>Bytes that somebody wrote. The memory must never change.</summary>
public sealed record BytesPayload(ReadOnlyMemory<byte> Bytes) : Payload
{
    /// <inheritdoc/>
    public override int Length => Bytes.Length;
}

/// <summary>So many zero bytes, without storing them.</summary>
public sealed record FillerPayload(int ByteCount) : Payload
{
    /// <inheritdoc/>
    public override int Length => ByteCount;
}

/// <summary>A whole Ethernet frame inside a UDP datagram, after the 8-byte VXLAN header.</summary>
/// <remarks>
/// Source: RFC 7348 section 5.
/// <code>
///  |R|R|R|R|I|R|R|R|            reserved               |
///  |      VXLAN network identifier     |   reserved    |
/// </code>
/// </remarks>
/// <param name="Vni">The network identifier, 0 to 16,777,215.</param>
/// <param name="Frame">The inner frame.</param>
public sealed record VxlanPayload(int Vni, EthernetFrame Frame) : Payload
{
    /// <summary>Bytes of the VXLAN header.</summary>
    public const int HeaderLength = 8;

    /// <inheritdoc/>
    public override int Length => HeaderLength + Frame.Length;
}
