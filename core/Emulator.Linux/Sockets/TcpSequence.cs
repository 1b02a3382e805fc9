namespace Emulator.Linux.Sockets;

/// <summary>Sequence numbers compare modulo 2^32. Source: RFC 9293 section 3.4.</summary>
internal static class TcpSequence
{
    public static bool Before(uint left, uint right) => (int)(left - right) < 0;

    public static bool After(uint left, uint right) => (int)(left - right) > 0;

    public static uint Max(uint left, uint right) => After(left, right) ? left : right;

    public static uint Min(uint left, uint right) => Before(left, right) ? left : right;
}
