namespace Emulator.Core.Actors;

/// <summary>Something that one actor tells another. Immutable from the moment that it is sent.</summary>
public abstract record Message
{
    /// <summary>
    /// How many packets travel inside this message: 1 for a frame, 0 for control messages. The ledger counts messages
    /// still under way with it.
    /// </summary>
    public virtual int PacketCount => 0;
}
