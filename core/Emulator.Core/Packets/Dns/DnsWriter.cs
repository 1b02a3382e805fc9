using System.Buffers.Binary;
using System.Text;

namespace Emulator.Core.Packets.Dns;

/// <summary>Writes DNS messages as bytes. Names are compressed where an earlier one ends alike (RFC 1035 section
/// 4.1.4).</summary>
public static class DnsWriter
{
    private const int PointerReachMax = 0x3FFF;

    /// <summary>The bytes of a message.</summary>
    /// <exception cref="ArgumentException">A label is empty or above 63 bytes, or a name above 255.</exception>
    public static ReadOnlyMemory<byte> Write(DnsMessage message)
    {
        var target = new Target();
        target.Write16(message.Id);
        target.Write16(Flags(message));
        target.Write16((ushort)message.Questions.Count);
        target.Write16((ushort)message.Answers.Count);
        target.Write16((ushort)message.Authority.Count);
        target.Write16((ushort)message.Additional.Count);
        foreach (DnsQuestion question in message.Questions)
        {
            target.WriteName(question.Name);
            target.Write16((ushort)question.Type);
            target.Write16(1);
        }

        foreach (DnsRecord record in message.Answers.Concat(message.Authority).Concat(message.Additional))
        {
            WriteRecord(target, record);
        }

        return target.Bytes.ToArray();
    }

    /// <summary>The bytes of a message that fit a length: answers that do not fit are left out and TC is set.</summary>
    public static ReadOnlyMemory<byte> WriteToFit(DnsMessage message, int lengthMax)
    {
        ReadOnlyMemory<byte> bytes = Write(message);
        if (bytes.Length > lengthMax)
        {
            message = message with { Additional = [.. message.Additional.Where(r => r.Type == DnsType.Opt)] };
            bytes = Write(message);
        }

        while (bytes.Length > lengthMax && message.Answers.Count + message.Authority.Count > 0)
        {
            message = message with
            {
                IsTruncated = true,
                Answers = [.. message.Answers.SkipLast(1)],
                Authority = message.Answers.Count > 1 ? message.Authority : [],
            };
            bytes = Write(message);
        }

        return bytes;
    }

    private static ushort Flags(DnsMessage message) => (ushort)(
        (message.IsResponse ? 0x8000 : 0) | ((message.Opcode & 15) << 11)
        | (message.IsAuthoritative ? 0x0400 : 0) | (message.IsTruncated ? 0x0200 : 0)
        | (message.RecursionDesired ? 0x0100 : 0) | (message.RecursionAvailable ? 0x0080 : 0)
        | (int)message.ResponseCode);

    private static void WriteRecord(Target target, DnsRecord record)
    {
        target.WriteName(record.Name);
        target.Write16((ushort)record.Type);
        target.Write16(record is DnsOpaque opaque ? opaque.Class : (ushort)1);
        target.Write32(record.TimeToLiveSeconds);
        int lengthAt = target.Bytes.Count;
        target.Write16(0);
        WriteContent(target, record);
        target.Patch16(lengthAt, (ushort)(target.Bytes.Count - lengthAt - 2));
    }

    private static void WriteContent(Target target, DnsRecord record)
    {
        switch (record)
        {
            case DnsAddress address:
                target.Write32(address.Address.Value);
                break;
            case DnsAddress6 address:
                target.Bytes.AddRange(IPv6Text.ToBytes(address.Address));
                break;
            case DnsPointer pointer:
                target.WriteName(pointer.Target);
                break;
            case DnsService service:
                target.Write16(service.Priority);
                target.Write16(service.Weight);
                target.Write16(service.Port);
                target.WriteName(service.Target, compress: false);
                break;
            case DnsStartOfAuthority soa:
                target.WriteName(soa.Server);
                target.WriteName(soa.Mailbox);
                foreach (uint word in (ReadOnlySpan<uint>)[soa.Serial, soa.Refresh, soa.Retry, soa.Expire, soa.Minimum])
                {
                    target.Write32(word);
                }

                break;
            case DnsText text:
                byte[] bytes = Encoding.UTF8.GetBytes(text.Text);
                target.Bytes.Add(checked((byte)bytes.Length));
                target.Bytes.AddRange(bytes);
                break;
            case DnsOpaque opaque:
                target.Bytes.AddRange(opaque.Content.Span);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(record.GetType().Name);
        }
    }

    private sealed class Target
    {
        private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

        public List<byte> Bytes { get; } = new(128);

        public void Write16(ushort value)
        {
            Bytes.Add((byte)(value >> 8));
            Bytes.Add((byte)value);
        }

        public void Write32(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            Bytes.AddRange(bytes);
        }

        public void Patch16(int at, ushort value)
        {
            Bytes[at] = (byte)(value >> 8);
            Bytes[at + 1] = (byte)value;
        }

        public void WriteName(string name, bool compress = true)
        {
            string rest = name.TrimEnd('.');
            if (rest.Length > 253)
            {
                throw new ArgumentException($"'{name}' is longer than a DNS name may be (253 characters)");
            }

            while (rest.Length > 0)
            {
                if (compress && _names.TryGetValue(rest, out int at))
                {
                    Write16((ushort)(0xC000 | at));
                    return;
                }

                if (Bytes.Count <= PointerReachMax)
                {
                    _names.TryAdd(rest, Bytes.Count);
                }

                int dot = rest.IndexOf('.');
                string label = dot < 0 ? rest : rest[..dot];
                if (label.Length is 0 or > 63)
                {
                    throw new ArgumentException(
                        $"'{name}' has a label of {label.Length} characters; 1 to 63 are allowed");
                }

                Bytes.Add((byte)label.Length);
                Bytes.AddRange(Encoding.Latin1.GetBytes(label));
                rest = dot < 0 ? "" : rest[(dot + 1)..];
            }

            Bytes.Add(0);
        }
    }
}
