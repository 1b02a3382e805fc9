using System.Buffers.Binary;
using System.Text;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>Writes Protocol Buffers' wire format into a growing buffer.</summary>
/// <remarks>Source: protobuf.dev, "Encoding".</remarks>
internal sealed class ProtobufWriter
{
    private byte[] _bytes = new byte[4096];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Length = 0;

    /// <summary>A field of type int64, uint64, enum or bool.</summary>
    public void Varint(int field, ulong value)
    {
        Reserve(20);
        Raw((uint)field << 3);
        Raw(value);
    }

    /// <summary>A field of type fixed64.</summary>
    public void Fixed64(int field, ulong value)
    {
        Reserve(18);
        Raw(((uint)field << 3) | 1);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += 8;
    }

    /// <summary>A field of type bytes, or an encoded message.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Reserve(20 + value.Length);
        Raw(((uint)field << 3) | 2);
        Raw((uint)value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    /// <summary>Fields that were encoded before.</summary>
    public void Append(ReadOnlySpan<byte> fields)
    {
        Reserve(fields.Length);
        fields.CopyTo(_bytes.AsSpan(Length));
        Length += fields.Length;
    }

    /// <summary>A bytes field of one or two 64-bit ids, first byte highest.</summary>
    public void Id(int field, ulong high, ulong? low = null)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(id, high);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], low ?? 0);
        Bytes(field, low is null ? id[..8] : id);
    }

    /// <summary>A field of type string.</summary>
    public void Text(int field, ReadOnlySpan<char> value)
    {
        int start = Begin(field);
        Reserve(value.Length * 3);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
        End(start);
    }

    /// <summary>Begins a message field; give what it returns to <see cref="End"/>.</summary>
    public int Begin(int field)
    {
        Reserve(16);
        Raw(((uint)field << 3) | 2);
        return ++Length; // One byte for the length; End makes room where it takes more.
    }

    /// <summary>Ends a message field.</summary>
    public void End(int start)
    {
        int length = Length - start;
        int extra = 0;
        for (uint rest = (uint)length >> 7; rest != 0; rest >>= 7)
        {
            extra++;
        }

        if (extra > 0)
        {
            Reserve(extra);
            _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(start + extra));
        }

        Length = start - 1;
        Raw((uint)length);
        Length += length;
    }

    private void Raw(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    private void Reserve(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }
    }
}
