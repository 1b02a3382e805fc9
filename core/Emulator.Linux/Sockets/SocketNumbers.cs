namespace Emulator.Linux.Sockets;

/// <summary>Numbers the sockets of a namespace and counts them against <see cref="SocketLimits.SocketsMax"/>.</summary>
internal sealed class SocketNumbers
{
    private long _last;

    /// <summary>How many sockets there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether one more may be made.</summary>
    public bool HasRoom => Count < SocketLimits.SocketsMax;

    /// <summary>The next number; it counts.</summary>
    public long Next()
    {
        Count++;
        return ++_last;
    }

    /// <summary>One socket less.</summary>
    public void Release() => Count--;
}
