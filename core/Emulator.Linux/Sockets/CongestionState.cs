namespace Emulator.Linux.Sockets;

/// <summary>What a connection believes about its path. Source: Linux' <c>enum tcp_ca_state</c>; CWR is also where a
/// tail-loss probe leads that repaired a loss.</summary>
internal enum CongestionState : byte
{
    /// <summary>Nothing is amiss.</summary>
    Open,

    /// <summary>Something came out of order.</summary>
    Disorder,

    /// <summary>The window is being reduced, nothing is to be repaired.</summary>
    Reducing,

    /// <summary>Lost segments are being sent again (fast recovery).</summary>
    Recovery,

    /// <summary>The retransmission timer expired; slow start from the oldest segment.</summary>
    Loss,
}
