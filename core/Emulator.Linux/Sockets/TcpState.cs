namespace Emulator.Linux.Sockets;

/// <summary>The states of a connection. Source: RFC 9293 section 3.3.2.</summary>
public enum TcpState : byte
{
    /// <summary>No connection any more.</summary>
    Closed,

    /// <summary>A SYN was sent.</summary>
    SynSent,

    /// <summary>A SYN came and was answered.</summary>
    SynReceived,

    /// <summary>Data flows.</summary>
    Established,

    /// <summary>This side sent its FIN and waits for its acknowledgment.</summary>
    FinWait1,

    /// <summary>This side's FIN is acknowledged; the peer may still send.</summary>
    FinWait2,

    /// <summary>The peer sent its FIN; this side may still send.</summary>
    CloseWait,

    /// <summary>Both FINs crossed; this side's is not acknowledged.</summary>
    Closing,

    /// <summary>The peer closed first; this side's FIN is not acknowledged.</summary>
    LastAck,

    /// <summary>Closed; late segments are still answered for a minute.</summary>
    TimeWait,
}
