namespace Emulator.Linux.Sockets;

/// <summary>The algorithms that <c>net.ipv4.tcp_congestion_control</c> may name.</summary>
public enum CongestionKind : byte
{
    /// <summary><c>cubic</c>, Linux' default.</summary>
    Cubic,

    /// <summary><c>reno</c>: NewReno.</summary>
    Reno,
}
