using System.Buffers.Binary;
using System.Text;
using Emulator.Core.Addresses;

namespace Emulator.Core.Packets.Dns;

/// <summary>Reads DNS messages from bytes.</summary>
/// <remarks>Source: RFC 1035 section 4. Compression pointers must point back, so that no message sends the reader in
/// circles.
/// </remarks>
public static class DnsParser
{
    /// <summary>Reads a message; false when the bytes are none.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length < DnsMessage.HeaderLength)
        {
            return false;
        }

        ushort flags = Read16(bytes, 2);
        int at = DnsMessage.HeaderLength;
        if (!TryReadQuestions(bytes, ref at, Read16(bytes, 4), out List<DnsQuestion> questions)
            || !TryReadRecords(bytes, ref at, Read16(bytes, 6), out List<DnsRecord> answers)
            || !TryReadRecords(bytes, ref at, Read16(bytes, 8), out List<DnsRecord> authority)
            || !TryReadRecords(bytes, ref at, Read16(bytes, 10), out List<DnsRecord> additional))
        {
            return false;
        }

        message = new DnsMessage
        {
            Id = Read16(bytes, 0),
            IsResponse = (flags & 0x8000) != 0,
            Opcode = (byte)((flags >> 11) & 15),
            IsAuthoritative = (flags & 0x0400) != 0,
            IsTruncated = (flags & 0x0200) != 0,
            RecursionDesired = (flags & 0x0100) != 0,
            RecursionAvailable = (flags & 0x0080) != 0,
            ResponseCode = (DnsResponseCode)(flags & 15),
            Questions = questions,
            Answers = answers,
            Authority = authority,
            Additional = additional,
        };
        return true;
    }

    private static bool TryReadQuestions(
        ReadOnlySpan<byte> bytes, ref int at, int count, out List<DnsQuestion> questions)
    {
        questions = [];
        for (int i = 0; i < count; i++)
        {
            if (!TryReadName(bytes, ref at, out string name) || at + 4 > bytes.Length)
            {
                return false;
            }

            questions.Add(new DnsQuestion(name, (DnsType)Read16(bytes, at)));
            at += 4;
        }

        return true;
    }

    private static bool TryReadRecords(ReadOnlySpan<byte> bytes, ref int at, int count, out List<DnsRecord> records)
    {
        records = [];
        for (int i = 0; i < count; i++)
        {
            if (!TryReadRecord(bytes, ref at, out DnsRecord? record))
            {
                return false;
            }

            records.Add(record);
        }

        return true;
    }

    private static bool TryReadRecord(
        ReadOnlySpan<byte> bytes, ref int at, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DnsRecord? record)
    {
        record = null;
        if (!TryReadName(bytes, ref at, out string name) || at + 10 > bytes.Length)
        {
            return false;
        }

        var type = (DnsType)Read16(bytes, at);
        ushort recordClass = Read16(bytes, at + 2);
        uint timeToLive = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]);
        int length = Read16(bytes, at + 8);
        at += 10;
        if (at + length > bytes.Length)
        {
            return false;
        }

        record = ReadContent(bytes[..(at + length)], at, name, timeToLive, type, recordClass);
        at += length;
        return record is not null;
    }

    // The span ends where the record ends; the start is kept because of compression pointers.
    private static DnsRecord? ReadContent(
        ReadOnlySpan<byte> bytes, int at, string name, uint timeToLive, DnsType type, ushort recordClass)
    {
        int length = bytes.Length - at;
        switch (type)
        {
            case DnsType.A:
                return length == 4
                    ? new DnsAddress(
                        name, timeToLive, new IPv4Address(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..])))
                    : null;
            case DnsType.Aaaa:
                return length == 16
                    ? new DnsAddress6(name, timeToLive, BinaryPrimitives.ReadUInt128BigEndian(bytes[at..]))
                    : null;
            case DnsType.Cname or DnsType.Ns or DnsType.Ptr:
                return TryReadName(bytes, ref at, out string pointed)
                    ? new DnsPointer(name, timeToLive, type, pointed)
                    : null;
            case DnsType.Srv:
                return ReadService(bytes, at, name, timeToLive);
            case DnsType.Soa:
                return ReadStartOfAuthority(bytes, at, name, timeToLive);
            case DnsType.Txt:
                return length >= 1 && bytes[at] <= length - 1
                    ? new DnsText(name, timeToLive, Encoding.UTF8.GetString(bytes.Slice(at + 1, bytes[at])))
                    : null;
            default:
                return new DnsOpaque(name, timeToLive, type, recordClass, bytes[at..].ToArray());
        }
    }

    private static DnsService? ReadService(ReadOnlySpan<byte> bytes, int at, string name, uint timeToLive)
    {
        if (bytes.Length - at < 7)
        {
            return null;
        }

        (ushort priority, ushort weight, ushort port) = (
            Read16(bytes, at), Read16(bytes, at + 2), Read16(bytes, at + 4));
        at += 6;
        return TryReadName(bytes, ref at, out string target)
            ? new DnsService(name, timeToLive, priority, weight, port, target)
            : null;
    }

    private static DnsStartOfAuthority? ReadStartOfAuthority(
        ReadOnlySpan<byte> bytes, int at, string name, uint timeToLive)
    {
        if (!TryReadName(bytes, ref at, out string server) || !TryReadName(bytes, ref at, out string mailbox)
            || at + 20 > bytes.Length)
        {
            return null;
        }

        Span<uint> words = stackalloc uint[5];
        for (int i = 0; i < 5; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + (4 * i))..]);
        }

        return new DnsStartOfAuthority(
            name, timeToLive, server, mailbox, words[0], words[1], words[2], words[3], words[4]);
    }

    private static bool TryReadName(ReadOnlySpan<byte> bytes, ref int at, out string name)
    {
        name = "";
        var text = new StringBuilder();
        int reader = at;
        int least = at;
        bool jumped = false;
        while (true)
        {
            if (reader >= bytes.Length)
            {
                return false;
            }

            int length = bytes[reader];
            if (length == 0)
            {
                at = jumped ? at : reader + 1;
                name = text.Length == 0 ? "." : text.ToString();
                return true;
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (reader + 2 > bytes.Length)
                {
                    return false;
                }

                int target = Read16(bytes, reader) & 0x3FFF;
                at = jumped ? at : reader + 2;
                jumped = true;
                if (target >= least)
                {
                    return false;
                }

                least = target;
                reader = target;
                continue;
            }

            if (length > 63 || reader + 1 + length > bytes.Length || text.Length + length + 1 > 254)
            {
                return false;
            }

            text.Append(Encoding.Latin1.GetString(bytes.Slice(reader + 1, length))).Append('.');
            reader += 1 + length;
        }
    }

    private static ushort Read16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
