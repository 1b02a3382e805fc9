using System.Buffers.Binary;

namespace Emulator.Core.Packets;

/// <summary>The Internet checksum: the ones' complement of the ones' complement sum of 16-bit words.</summary>
/// <remarks>Source: RFC 1071. A sum is kept wide and folded once, at the end.</remarks>
public static class InternetChecksum
{
    /// <summary>The checksum of bytes. Over bytes that hold their own right checksum it is 0.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes) => Finish(Add(0, bytes));

    /// <summary>A sum with more bytes added; an odd last byte is padded with a zero, so only the last part may be
    /// odd.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 4)
        {
            // Two words at once: a sum of 32-bit words folds to the same 16 bits (RFC 1071 section 2 (C)).
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        return bytes.IsEmpty ? sum : sum + ((ulong)bytes[0] << 8);
    }

    /// <summary>The sum of the pseudo header that UDP and TCP put before their segment (RFC 9293 section
    /// 3.1).</summary>
    internal static ulong AddPseudoHeader(uint source, uint destination, IPProtocol protocol, int length) =>
        (ulong)source + destination + (byte)protocol + (uint)length;

    /// <summary>Folds a sum to 16 bits and complements it.</summary>
    public static ushort Finish(ulong sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
