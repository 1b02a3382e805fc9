namespace Emulator.Core.Addresses;

/// <summary>An address and a transport port.</summary>
public readonly record struct Endpoint(IPv4Address Address, ushort Port) : IComparable<Endpoint>
{
    /// <inheritdoc/>
    public int CompareTo(Endpoint other) =>
        Address != other.Address ? Address.CompareTo(other.Address) : Port.CompareTo(other.Port);

    /// <summary>The endpoint as <c>10.244.1.2:8080</c>.</summary>
    public override string ToString() => $"{Address}:{Port}";
}
