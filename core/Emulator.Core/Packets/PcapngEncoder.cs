using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Emulator.Core.Journal;

namespace Emulator.Core.Packets;

/// <summary>The blocks of a capture file that Wireshark and tshark read, little-endian, with nanosecond
/// timestamps.</summary>
/// <remarks>
/// Source: draft-ietf-opsawg-pcapng. A file is one section header, then an interface block before that interface's
/// first packet, then packet blocks; interfaces are numbered from 0 in order of their blocks.
/// <code>
///  | block type (4) | total length (4) | body … | options … | total length (4) |
/// </code>
/// </remarks>
public static class PcapngEncoder
{
    private const uint SectionHeaderBlock = 0x0A0D_0D0A;
    private const uint InterfaceBlock = 1;
    private const uint EnhancedPacketBlock = 6;
    private const ushort EthernetLinkType = 1;
    private const ushort NameOption = 2;
    private const ushort DescriptionOption = 3;
    private const ushort ApplicationOption = 4;
    private const ushort TimestampResolutionOption = 9;
    private const ushort PacketFlagsOption = 2;

    /// <summary>Appends the section header that a file begins with.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="application">What wrote the file, for <c>shb_userappl</c>.</param>
    public static void WriteSection(IBufferWriter<byte> buffer, string application)
    {
        int applicationLength = Encoding.UTF8.GetByteCount(application);
        int length = 12 + 16 + OptionLength(applicationLength) + 4;
        Span<byte> block = Begin(buffer, SectionHeaderBlock, length);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], 0x1A2B_3C4D); // Tells the byte order.
        BinaryPrimitives.WriteUInt16LittleEndian(block[12..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(block[14..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], -1); // The section's length is not known.
        Span<byte> options = PutText(block[24..], ApplicationOption, application);
        End(options, buffer, length);
    }

    /// <summary>Appends an interface; the first one of a section has number 0.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="name">What Wireshark shows in its interface column.</param>
    /// <param name="at">Namespace and machine, for the description.</param>
    public static void WriteInterface(IBufferWriter<byte> buffer, string name, InterfaceName at)
    {
        string description = $"{at.Name} in {at.Netns} on {at.Node}";
        int length = 12 + 8 + OptionLength(Encoding.UTF8.GetByteCount(name))
            + OptionLength(Encoding.UTF8.GetByteCount(description)) + OptionLength(1) + 4;
        Span<byte> block = Begin(buffer, InterfaceBlock, length);
        BinaryPrimitives.WriteUInt16LittleEndian(block[8..], EthernetLinkType);
        BinaryPrimitives.WriteUInt16LittleEndian(block[10..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], 0); // No limit on what is captured of a frame.
        Span<byte> options = PutText(block[16..], NameOption, name);
        options = PutText(options, DescriptionOption, description);
        options = PutOption(options, TimestampResolutionOption, [9]); // Units of 10^-9 s.
        End(options, buffer, length);
    }

    /// <summary>Appends a frame.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="interfaceNumber">The interface, by the order of its block.</param>
    /// <param name="unixNanoseconds">When, in nanoseconds since 1970.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="frame">What.</param>
    public static void WriteFrame(
        IBufferWriter<byte> buffer, int interfaceNumber, long unixNanoseconds, Direction direction, EthernetFrame frame)
    {
        int frameLength = frame.Length;
        int length = 12 + 20 + Padded(frameLength) + OptionLength(4) + 4;
        Span<byte> block = Begin(buffer, EnhancedPacketBlock, length);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], interfaceNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)(unixNanoseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(block[16..], (uint)unixNanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], frameLength);
        BinaryPrimitives.WriteInt32LittleEndian(block[24..], frameLength);
        PacketEncoder.Encode(frame, block[28..]);
        block[(28 + frameLength)..(28 + Padded(frameLength))].Clear();
        Span<byte> flags = stackalloc byte[4];
        // The two lowest bits: 01 inbound, 10 outbound.
        uint bits = direction switch
        {
            Direction.In => 1,
            Direction.Out => 2,
            _ => 0,
        };
        BinaryPrimitives.WriteUInt32LittleEndian(flags, bits);
        Span<byte> options = PutOption(block[(28 + Padded(frameLength))..], PacketFlagsOption, flags);
        End(options, buffer, length);
    }

    private static Span<byte> Begin(IBufferWriter<byte> buffer, uint type, int length)
    {
        Span<byte> block = buffer.GetSpan(length)[..length];
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        return block;
    }

    private static void End(Span<byte> rest, IBufferWriter<byte> buffer, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, 0); // opt_endofopt.
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], length);
        buffer.Advance(length);
    }

    private static Span<byte> PutText(Span<byte> bytes, ushort code, string text) =>
        PutOption(bytes, code, Encoding.UTF8.GetBytes(text));

    private static Span<byte> PutOption(Span<byte> bytes, ushort code, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, code);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], checked((ushort)value.Length));
        value.CopyTo(bytes[4..]);
        bytes[(4 + value.Length)..OptionLength(value.Length)].Clear();
        return bytes[OptionLength(value.Length)..];
    }

    private static int OptionLength(int valueLength) => 4 + Padded(valueLength);

    private static int Padded(int length) => (length + 3) & ~3;
}
