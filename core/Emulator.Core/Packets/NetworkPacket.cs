namespace Emulator.Core.Packets;

/// <summary>What an Ethernet frame carries: <see cref="IPv4Packet"/> or <see cref="ArpPacket"/>.</summary>
public abstract record NetworkPacket
{
    private protected NetworkPacket()
    {
    }

    /// <summary>Who the packet is, for journal and traces.</summary>
    public required PacketIdentity Identity { get; init; }

    /// <summary>Bytes, header included.</summary>
    public abstract int Length { get; }

    /// <summary>The frame's type field.</summary>
    public abstract EtherType EtherType { get; }
}
