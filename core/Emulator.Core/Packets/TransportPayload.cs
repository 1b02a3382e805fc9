namespace Emulator.Core.Packets;

/// <summary>
/// What an IPv4 packet carries: <see cref="UdpDatagram"/>, <see cref="TcpSegment"/>, <see cref="IcmpMessage"/> or
/// <see cref="FragmentPayload"/>.
/// </summary>
public abstract record TransportPayload
{
    private protected TransportPayload()
    {
    }

    /// <summary>The protocol number.</summary>
    public abstract IPProtocol Protocol { get; }

    /// <summary>Bytes, header included.</summary>
    public abstract int Length { get; }
}

/// <summary>A piece of a transport payload: a window of bytes over the whole, which it refers to.</summary>
/// <param name="Whole">The payload that was cut.</param>
/// <param name="Offset">First byte of the piece, a multiple of 8.</param>
/// <param name="PieceLength">Bytes of the piece.</param>
public sealed record FragmentPayload(TransportPayload Whole, int Offset, int PieceLength) : TransportPayload
{
    /// <inheritdoc/>
    public override IPProtocol Protocol => Whole.Protocol;

    /// <inheritdoc/>
    public override int Length => PieceLength;
}
