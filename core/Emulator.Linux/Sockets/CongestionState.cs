namespace Emulator.Linux.Sockets;

/// <summary>What a connection believes about its path. Source: Linux' <c>enum tcp_ca_state</c> without CWR, which ECN
/// and local congestion lead to.</summary>
internal enum CongestionState : byte
{
    /// <summary>Nothing is amiss.</summary>
    Open,

    /// <summary>Something came out of order.</summary>
    Disorder,

    /// <summary>Lost segments are being sent again (fast recovery).</summary>
    Recovery,

    /// <summary>The retransmission timer expired; slow start from the oldest segment.</summary>
    Loss,
}
