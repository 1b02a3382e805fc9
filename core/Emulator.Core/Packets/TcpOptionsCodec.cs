using System.Buffers.Binary;

namespace Emulator.Core.Packets;

/// <summary>TCP options to bytes, laid out as Linux does, and back from any layout.</summary>
/// <remarks>
/// Source: the order and padding of Linux' <c>tcp_options_write</c>; kinds from RFC 9293 section 3.2, RFC 7323, RFC
/// 2018.
/// <code>
///  SYN:    mss(4)  sackOK(2) ts(10)  nop wscale(3)
///  others: nop nop ts(10)  nop nop sack(2 + 8n)
/// </code>
/// </remarks>
internal static class TcpOptionsCodec
{
    private const byte EndKind = 0;
    private const byte NopKind = 1;
    private const byte MssKind = 2;
    private const byte WindowScaleKind = 3;
    private const byte SackPermittedKind = 4;
    private const byte SackKind = 5;
    private const byte TimestampsKind = 8;

    /// <summary>Writes options into a span of exactly <see cref="TcpOptions.Length"/> bytes.</summary>
    public static void Write(TcpOptions options, Span<byte> bytes)
    {
        if (options.IsPacked)
        {
            WritePacked(options, bytes);
            return;
        }

        if (options.MaximumSegmentSize is ushort mss)
        {
            bytes = Put(bytes, ((uint)MssKind << 24) | (4 << 16) | mss);
        }

        if (options.Timestamps is (uint value, uint echo))
        {
            uint pair = options.SackPermitted ? ((uint)SackPermittedKind << 8) | 2 : (NopKind << 8) | NopKind;
            bytes = Put(bytes, (pair << 16) | (TimestampsKind << 8) | 10);
            bytes = Put(bytes, value);
            bytes = Put(bytes, echo);
        }
        else if (options.SackPermitted)
        {
            bytes = Put(bytes, (NopKind << 24) | (NopKind << 16) | (SackPermittedKind << 8) | 2);
        }

        if (options.WindowScale is byte shift)
        {
            bytes = Put(bytes, (NopKind << 24) | (WindowScaleKind << 16) | (3 << 8) | (uint)shift);
        }

        if (options.SackBlocks.Count > 0)
        {
            uint length = 2 + (8 * (uint)options.SackBlocks.Count);
            bytes = Put(bytes, (NopKind << 24) | (NopKind << 16) | (SackKind << 8) | length);
            for (int i = 0; i < options.SackBlocks.Count; i++)
            {
                bytes = Put(bytes, options.SackBlocks[i].Start);
                bytes = Put(bytes, options.SackBlocks[i].End);
            }
        }
    }

    // Without padding between them; the end is filled up with zeros, which end the list.
    private static void WritePacked(TcpOptions options, Span<byte> bytes)
    {
        bytes.Clear();
        if (options.MaximumSegmentSize is ushort mss)
        {
            bytes = Put(bytes, ((uint)MssKind << 24) | (4 << 16) | mss);
        }

        if (options.SackPermitted)
        {
            (bytes[0], bytes[1]) = (SackPermittedKind, 2);
            bytes = bytes[2..];
        }

        if (options.Timestamps is (uint value, uint echo))
        {
            (bytes[0], bytes[1]) = (TimestampsKind, 10);
            bytes = Put(Put(bytes[2..], value), echo);
        }

        if (options.WindowScale is byte shift)
        {
            (bytes[0], bytes[1], bytes[2]) = (WindowScaleKind, 3, shift);
            bytes = bytes[3..];
        }

        if (options.SackBlocks.Count > 0)
        {
            (bytes[0], bytes[1]) = (SackKind, (byte)(2 + (8 * options.SackBlocks.Count)));
            bytes = bytes[2..];
            for (int i = 0; i < options.SackBlocks.Count; i++)
            {
                bytes = Put(Put(bytes, options.SackBlocks[i].Start), options.SackBlocks[i].End);
            }
        }
    }

    /// <summary>Reads options; unknown kinds are skipped (RFC 9293 MUST-6). False where a length makes no
    /// sense.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpOptions options)
    {
        options = TcpOptions.None;
        while (!bytes.IsEmpty && bytes[0] != EndKind)
        {
            if (bytes[0] == NopKind)
            {
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length
                || !TryReadOne(bytes[0], bytes[2..bytes[1]], ref options))
            {
                return false;
            }

            bytes = bytes[bytes[1]..];
        }

        return true;
    }

    private static bool TryReadOne(byte kind, ReadOnlySpan<byte> body, ref TcpOptions options)
    {
        switch (kind)
        {
            case MssKind when body.Length == 2:
                options = options with { MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(body) };
                return true;
            case WindowScaleKind when body.Length == 1:
                options = options with { WindowScale = body[0] };
                return true;
            case SackPermittedKind when body.Length == 0:
                options = options with { SackPermitted = true };
                return true;
            case TimestampsKind when body.Length == 8:
                options = options with
                {
                    Timestamps = (BinaryPrimitives.ReadUInt32BigEndian(body),
                        BinaryPrimitives.ReadUInt32BigEndian(body[4..])),
                };
                return true;
            case SackKind when body.Length is 8 or 16 or 24 or 32:
                var blocks = new SackBlock[body.Length / 8];
                for (int i = 0; i < blocks.Length; i++)
                {
                    ReadOnlySpan<byte> block = body[(8 * i)..];
                    blocks[i] = new SackBlock(
                        BinaryPrimitives.ReadUInt32BigEndian(block), BinaryPrimitives.ReadUInt32BigEndian(block[4..]));
                }

                options = options with { SackBlocks = blocks };
                return true;
            default:
                return kind is not (MssKind or WindowScaleKind or SackPermittedKind or TimestampsKind or SackKind);
        }
    }

    private static Span<byte> Put(Span<byte> bytes, uint word)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, word);
        return bytes[4..];
    }
}
