using Emulator.Core.Packets;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>Raw requests that say how many bytes they want back, understood by <see cref="EchoServer"/> over TCP and
/// UDP.</summary>
/// <remarks>Our own convention. Zeros fill the rest; a request below 7 bytes comes at once, so its length is not
/// written.
/// <code>
///  0       1                       4                       7
///  +-------+-----------------------+-----------------------+-------
///  |  ENQ  |  bytes of the reply   | bytes of the request  | zeros
///  +-------+-----------------------+-----------------------+-------
/// </code>
/// </remarks>
public static class AskedReply
{
    /// <summary>Bytes of the shortest request that can ask.</summary>
    public const int ShortestRequest = 4;

    /// <summary>The largest length that can be asked for, and of a request.</summary>
    public const int LengthMax = 0xFF_FFFF;

    private const byte Enquiry = 0x05;
    private const int LongHeader = 7;

    /// <summary>A request of some bytes that asks for some bytes. One too short to ask is zeros, which come
    /// back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A length is not 0 to <see cref="LengthMax"/>.</exception>
    public static Payload Request(int length, int replyLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LengthMax);
        ArgumentOutOfRangeException.ThrowIfNegative(replyLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replyLength, LengthMax);
        if (length < ShortestRequest)
        {
            return new FillerPayload(length);
        }

        byte[] bytes = new byte[length];
        bytes[0] = Enquiry;
        Write24(bytes.AsSpan(1), replyLength);
        if (length >= LongHeader)
        {
            Write24(bytes.AsSpan(4), length);
        }

        return new BytesPayload(bytes);
    }

    /// <summary>Reads what the first bytes of a request ask for; false where they ask for nothing.</summary>
    public static bool TryRead(Payload firstBytes, out int replyLength, out int requestLength)
    {
        (replyLength, requestLength) = (0, firstBytes.Length);
        if (firstBytes is not BytesPayload { Bytes: { Length: >= ShortestRequest } bytes } || bytes.Span[0] != Enquiry)
        {
            return false;
        }

        replyLength = Read24(bytes.Span[1..]);
        requestLength = bytes.Length >= LongHeader ? Read24(bytes.Span[4..]) : bytes.Length;
        return true;
    }

    private static void Write24(Span<byte> target, int value)
    {
        target[0] = (byte)(value >> 16);
        target[1] = (byte)(value >> 8);
        target[2] = (byte)value;
    }

    private static int Read24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
