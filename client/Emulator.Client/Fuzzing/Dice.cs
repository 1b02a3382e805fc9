using System.Buffers.Binary;
using Emulator.Core.Actors;
using Emulator.Core.Randomness;

namespace Emulator.Client.Fuzzing;

/// <summary>One case's dice for one purpose: what is drawn for rules never changes what is drawn for frames.</summary>
internal sealed class Dice(ulong seed, string purpose)
{
    private RandomStream _stream = RandomStream.For(seed, new ActorId(0), purpose);

    /// <summary>A whole number from 0 up to, not including, a bound above zero.</summary>
    public int Below(int bound) => (int)_stream.NextBelow((uint)bound);

    /// <summary>A whole number from one to another, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    /// <summary>True so many times of a hundred.</summary>
    public bool Percent(int of) => Below(100) < of;

    /// <summary>Eight bits.</summary>
    public byte Byte() => (byte)_stream.NextUInt64();

    /// <summary>Sixteen bits.</summary>
    public ushort Half() => (ushort)_stream.NextUInt64();

    /// <summary>Thirty-two bits.</summary>
    public uint Word() => (uint)_stream.NextUInt64();

    /// <summary>Sixty-four bits.</summary>
    public ulong Long() => _stream.NextUInt64();

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> of) => of[Below(of.Count)];

    /// <summary>The place of one of several that are drawn as often as their weights say.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        int sum = 0;
        foreach (int weight in weights)
        {
            sum += weight;
        }

        int drawn = Below(sum);
        for (int i = 0; ; i++)
        {
            drawn -= weights[i];
            if (drawn < 0)
            {
                return i;
            }
        }
    }

    /// <summary>Fills a span with random bytes.</summary>
    public void Fill(Span<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Long());
            bytes = bytes[8..];
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Byte();
        }
    }
}
