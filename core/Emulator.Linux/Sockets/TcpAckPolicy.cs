using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>When a connection acknowledges: at once for the first segments, later held back for data to carry
/// it.</summary>
/// <remarks>Source: RFC 9293 section 3.8.6.3; Linux <c>inet_connection_sock.icsk_ack</c>: quick acknowledgments at the
/// start, then "ping-pong" mode once this side answers data with data.</remarks>
internal struct TcpAckPolicy()
{
    private int _quickLeft = SocketLimits.QuickAcks;
    private bool _hasReceived;
    private SimTime _lastReceived;

    /// <summary>Whether data goes to and fro, so that acknowledgments wait for data to carry them.</summary>
    public bool IsPingPong { get; set; }

    /// <summary>Bytes received that no segment has acknowledged.</summary>
    public int BytesPending { get; private set; }

    /// <summary>Whether something must be acknowledged, soon or at once.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Whether it must be at once.</summary>
    public bool IsUrgent { get; private set; }

    /// <summary>Whether segments are acknowledged at once without being asked.</summary>
    public readonly bool IsQuick => _quickLeft > 0 && !IsPingPong;

    /// <summary>Data came.</summary>
    public void Received(int bytes, SimTime now)
    {
        IsPending = true;
        BytesPending += bytes;
        _hasReceived = true;
        _lastReceived = now;
    }

    /// <summary>Something came that must be acknowledged, at once where urgent.</summary>
    public void Require(bool urgent)
    {
        IsPending = true;
        IsUrgent |= urgent;
    }

    /// <summary>This side sent data; an answer soon after data came makes the connection ping-pong.</summary>
    public void SentBytes(SimTime now)
    {
        if (_hasReceived && now - _lastReceived < SocketLimits.DelayedAck)
        {
            IsPingPong = true;
        }
    }

    /// <summary>A segment with the acknowledgment left.</summary>
    public void Sent()
    {
        if (IsPending && _quickLeft > 0)
        {
            _quickLeft--;
        }

        IsPending = false;
        IsUrgent = false;
        BytesPending = 0;
    }
}
