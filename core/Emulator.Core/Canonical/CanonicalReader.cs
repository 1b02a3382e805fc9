using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Emulator.Core.Actors;
using Emulator.Core.Journal;

namespace Emulator.Core.Canonical;

/// <summary>
/// Reads what a <see cref="CanonicalWriter"/> wrote. Anything else is a <see cref="FormatException"/>.
/// </summary>
public sealed class CanonicalReader
{
    /// <summary>How deeply things may lie in each other: frames in tunnels, documents in documents.</summary>
    public const int DepthMax = 256;

    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _end;
    private readonly IActorDirectory? _directory;
    private readonly List<string> _names = [];
    private readonly List<object?> _shared = [];
    private int _at;
    private int _depth;

    /// <summary>Begins to read.</summary>
    /// <param name="bytes">A whole batch; must not change while it, or what was read of it, is used.</param>
    /// <param name="directory">Who knows the actors; null where none may occur.</param>
    public CanonicalReader(ReadOnlyMemory<byte> bytes, IActorDirectory? directory = null)
    {
        // An array is looked into without asking each time what kind of memory it is.
        ArraySegment<byte> segment =
            MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> given) ? given : bytes.ToArray();
        _bytes = segment.Array ?? [];
        _start = segment.Offset;
        _at = _start;
        _end = _start + segment.Count;
        _directory = directory;
    }

    /// <summary>Bytes not read yet.</summary>
    public int Remaining => _end - _at;

    /// <summary>So many bytes at once, for layouts that never change.</summary>
    public ReadOnlySpan<byte> Next(int count)
    {
        if (count > Remaining)
        {
            throw Malformed($"{count} bytes are needed and {Remaining} are left");
        }

        ReadOnlySpan<byte> taken = _bytes.AsSpan(_at, count);
        _at += count;
        return taken;
    }

    /// <summary>One byte.</summary>
    public byte Byte() => Next(1)[0];

    /// <summary>True or false.</summary>
    public bool Bool() => Bool(Byte());

    /// <summary>A byte that stands for true or false.</summary>
    public bool Bool(byte value) => value switch
    {
        0 => false,
        1 => true,
        _ => throw Malformed($"{value} is neither true nor false"),
    };

    /// <summary>A whole number from 0.</summary>
    public ulong Varint()
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_at, _end - _at);
        if (rest.Length > 0 && rest[0] < 0x80)
        {
            _at++;
            return rest[0];
        }

        ulong value = 0;
        for (int i = 0; i < rest.Length && i < 10; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                // One way to write a number: no more bytes than it needs, no more bits than there are.
                if (rest[i] == 0 || (i == 9 && rest[i] > 1))
                {
                    throw Malformed("a number is not written as it should be");
                }

                _at += i + 1;
                return value;
            }
        }

        throw Malformed("a number does not end");
    }

    /// <summary>A whole number of either sign.</summary>
    public long Signed()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A whole number that fits 31 bits.</summary>
    public int Int32()
    {
        ulong value = Varint();
        return value <= int.MaxValue ? (int)value : throw Malformed($"{value} is too large a number");
    }

    /// <summary>How many things follow, each of at least a byte.</summary>
    public int Count()
    {
        ulong value = Varint();
        return value <= (ulong)Remaining ? (int)value : throw Malformed($"{value} things do not fit in the rest");
    }

    /// <summary>Two bytes.</summary>
    public ushort Fixed16() => BinaryPrimitives.ReadUInt16LittleEndian(Next(2));

    /// <summary>Four bytes.</summary>
    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Next(4));

    /// <summary>Eight bytes.</summary>
    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Next(8));

    /// <summary>Bytes, a window over the batch.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        int length = Count();
        ReadOnlyMemory<byte> taken = _bytes.AsMemory(_at, length);
        _at += length;
        return taken;
    }

    /// <summary>A text.</summary>
    public string String() => Encoding.UTF8.GetString(Bytes().Span);

    /// <summary>A text that comes again and again.</summary>
    public string Name()
    {
        int number = Int32();
        if (number == 0)
        {
            _names.Add(String());
            number = _names.Count;
        }

        return number <= _names.Count ? _names[number - 1] : throw Malformed($"name {number} has not occurred");
    }

    /// <summary>A name that may be missing.</summary>
    public string? OptionalName() => Bool() ? Name() : null;

    /// <summary>An actor's address.</summary>
    public ActorRef Actor() => Shared(static reader =>
    {
        string machine = reader.Name();
        string name = reader.Name();
        return reader.Resolve(machine, name, reader.Name());
    }) ?? throw Malformed("an actor is missing");

    /// <summary>An interface's name.</summary>
    public InterfaceName Interface() => Shared(static reader =>
    {
        string netns = reader.Name();
        string node = reader.Name();
        return new InterfaceName(netns, node, reader.Name());
    }) ?? throw Malformed("an interface is missing");

    /// <summary>A shared object, or null.</summary>
    public T? Shared<T>(Func<CanonicalReader, T> body)
        where T : class
    {
        int number = Int32();
        if (number == 0)
        {
            return null;
        }

        if (number == 1)
        {
            int place = _shared.Count;
            _shared.Add(null);
            T made = Nested(body);
            _shared[place] = made;
            return made;
        }

        return number - 2 < _shared.Count && _shared[number - 2] is T known
            ? known : throw Malformed($"object {number - 2} is no {typeof(T).Name} that has occurred");
    }

    /// <summary>Reads something that may hold more of its kind; too deep is malformed.</summary>
    public T Nested<T>(Func<CanonicalReader, T> body)
    {
        if (++_depth > DepthMax)
        {
            throw Malformed($"more than {DepthMax} things lie in each other");
        }

        T made = body(this);
        _depth--;
        return made;
    }

    /// <summary>The error that the bytes are not what they should be, with the place.</summary>
    public FormatException Malformed(string what) =>
        new($"Encoded message, byte {_at - _start} of {_end - _start}: {what}.");

    private ActorRef Resolve(string machine, string name, string incarnation) => _directory is null
        ? throw Malformed($"actor {name} is named where none may be")
        : _directory.Resolve(machine, name, incarnation);
}
