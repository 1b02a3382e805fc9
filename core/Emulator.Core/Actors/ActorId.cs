namespace Emulator.Core.Actors;

/// <summary>A stable 64-bit hash of an actor's name and incarnation. Order of events ties break on it.</summary>
public readonly record struct ActorId(ulong Value) : IComparable<ActorId>
{
    /// <inheritdoc/>
    public int CompareTo(ActorId other) => Value.CompareTo(other.Value);

    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16");
}
