namespace Emulator.Core.Packets;

/// <summary>
/// Transport bytes that cannot be taken apart: a fragment seen alone, or a quoted packet cut short. Only
/// <see cref="PacketDecoder"/> makes it; nothing in the model sends one.
/// </summary>
/// <param name="Protocol">The protocol that the IPv4 header names.</param>
/// <param name="Bytes">The bytes that are there. The memory must never change.</param>
/// <param name="WholeLength">How many bytes there were; the missing ones are encoded as zeros.</param>
public sealed record OpaquePayload(IPProtocol Protocol, ReadOnlyMemory<byte> Bytes, int WholeLength) : TransportPayload
{
    /// <inheritdoc/>
    public override IPProtocol Protocol { get; } = Protocol;

    /// <inheritdoc/>
    public override int Length => WholeLength;
}
