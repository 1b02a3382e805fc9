using System.Buffers.Binary;
using System.Text;
using Emulator.Core.Actors;
using Emulator.Core.Journal;

namespace Emulator.Core.Canonical;

/// <summary>Writes the canonical encoding: little-endian, whole numbers in as few bytes as they need.</summary>
/// <remarks>
/// Names, actors and shared objects are written where they first occur in a batch and referred to by number afterwards,
/// so that an object which a thousand messages hold is written once, and is one object again when it is read.
/// <code>
///  Varint   7 bits a byte, least first, top bit = more      Signed   zigzag, then Varint
///  Name     0 = new: text | n = the n-th name               Shared   0 = null | 1 = new: body | n = object n - 2
/// </code>
/// </remarks>
public sealed class CanonicalWriter
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<object, int> _shared = new(ReferenceEqualityComparer.Instance);
    private byte[] _buffer = new byte[1_024];

    // Most events of a batch have the two ends that the one before had: found without asking the dictionary.
    private (object? Value, int Number) _last;
    private (object? Value, int Number) _lastButOne;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>A copy of the bytes written so far.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Begins a new batch in the same buffer.</summary>
    public void Clear()
    {
        Length = 0;
        _last = default;
        _lastButOne = default;
        if (_names.Count > 0)
        {
            _names.Clear();
        }

        if (_shared.Count > 0)
        {
            _shared.Clear();
        }
    }

    /// <summary>So many bytes at once to fill in, for layouts that never change; valid until the next write.</summary>
    public Span<byte> Next(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Enlarge(count);
        }

        Span<byte> at = _buffer.AsSpan(Length, count);
        Length += count;
        return at;
    }

    /// <summary>One byte.</summary>
    public void Byte(byte value) => Next(1)[0] = value;

    /// <summary>True or false, as a byte.</summary>
    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>A whole number from 0.</summary>
    public void Varint(ulong value)
    {
        if (_buffer.Length - Length < 10)
        {
            Enlarge(10);
        }

        if (value < 0x80)
        {
            _buffer[Length++] = (byte)value;
            return;
        }

        Span<byte> at = _buffer.AsSpan(Length, 10);
        int i = 0;
        while (value >= 0x80)
        {
            at[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        at[i++] = (byte)value;
        Length += i;
    }

    /// <summary>A whole number of either sign; small ones are short.</summary>
    public void Signed(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Two bytes.</summary>
    public void Fixed16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(2), value);

    /// <summary>Four bytes.</summary>
    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Next(4), value);

    /// <summary>Eight bytes: for hashes, which are never small.</summary>
    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(8), value);

    /// <summary>A count of bytes and the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        value.CopyTo(Next(value.Length));
    }

    /// <summary>A text in UTF-8 that is not expected again.</summary>
    public void String(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)length);
        Encoding.UTF8.GetBytes(value, Next(length));
    }

    /// <summary>A text that comes again and again in a batch.</summary>
    public void Name(string value)
    {
        if (_names.TryGetValue(value, out int number))
        {
            Varint((ulong)number);
            return;
        }

        _names.Add(value, _names.Count + 1);
        Varint(0);
        String(value);
    }

    /// <summary>A name that may be missing.</summary>
    public void OptionalName(string? value)
    {
        Bool(value is not null);
        if (value is not null)
        {
            Name(value);
        }
    }

    /// <summary>An actor's address.</summary>
    public void Actor(ActorRef actor) => Shared(actor, static (writer, value) =>
    {
        writer.Name(value.Machine.Name);
        writer.Name(value.Name);
        writer.Name(value.Incarnation);
    });

    /// <summary>An interface's name.</summary>
    public void Interface(InterfaceName at) => Shared(at, static (writer, value) =>
    {
        writer.Name(value.Netns);
        writer.Name(value.Node);
        writer.Name(value.Name);
    });

    /// <summary>
    /// An immutable object that several messages of a batch may hold; the same object is written once.
    /// </summary>
    public void Shared<T>(T? value, Action<CanonicalWriter, T> body)
        where T : class
    {
        if (value is null)
        {
            Varint(0);
            return;
        }

        if (ReferenceEquals(value, _last.Value))
        {
            Varint((ulong)_last.Number + 2);
            return;
        }

        (_last, _lastButOne) = (_lastButOne, _last);
        if (ReferenceEquals(value, _last.Value))
        {
            Varint((ulong)_last.Number + 2);
            return;
        }

        if (_shared.TryGetValue(value, out int number))
        {
            _last = (value, number);
            Varint((ulong)number + 2);
            return;
        }

        _shared.Add(value, _shared.Count);
        Varint(1);
        body(this, value);
    }

    private void Enlarge(int count) => Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
}
