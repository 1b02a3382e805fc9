using System.Buffers.Binary;

namespace Emulator.Client.Fuzzing.Frames;

/// <summary>Damages a frame's bytes: flipped bits, fields at their bounds, cut ends, options, other EtherTypes,
/// garbage.</summary>
internal sealed class ByteMutation(Dice dice)
{
    /// <summary>The most bytes that a frame has: an IPv4 packet of 65,535 bytes and what is added to it.</summary>
    public const int LengthMax = 65_535 + 14 + 128;

    private const int HeaderStart = 14;

    private static readonly ushort[] EtherTypes = [0x86DD, 0x8100, 0x88CC, 0x0806, 0x0800, 0];
    private static readonly byte[] Bounds = [0, 1, 0x7F, 0x80, 0xFF, 0x45, 0x46, 0x4F, 0x60, 8, 20];

    /// <summary>Damages a frame in place.</summary>
    /// <param name="buffer">The frame at its front, and room for more.</param>
    /// <param name="length">The frame's length.</param>
    /// <returns>The new length.</returns>
    public int Mutate(Span<byte> buffer, int length)
    {
        for (int i = dice.Between(1, 3); i > 0; i--)
        {
            length = One(buffer, length);
        }

        return length;
    }

    private int One(Span<byte> buffer, int length)
    {
        switch (dice.Weighted(6, 6, 3, 2, 2, 2, 2, 1))
        {
            case 0 when length > 0:
                // Headers are in the front; most of a long frame is filler.
                buffer[dice.Below(dice.OneIn(3) ? length : Math.Min(length, 90))] ^= (byte)(1 << dice.Below(8));
                return length;
            case 1 when length > 0:
                buffer[dice.Below(Math.Min(length, 90))] = dice.Pick(Bounds);
                return length;
            case 2:
                return dice.Below(length + 1);
            case 3:
                int more = dice.Between(1, 60);
                dice.Fill(buffer.Slice(length, more));
                return length + more;
            case 4 when length > HeaderStart:
                BinaryPrimitives.WriteUInt16BigEndian(buffer[12..], dice.Pick(EtherTypes));
                return length;
            case 5 when length > HeaderStart + 20 && length + 40 <= buffer.Length && buffer[HeaderStart] == 0x45:
                return InsertOptions(buffer, length);
            case 6 when length > HeaderStart + 20:
                // Flags and fragment offset.
                int offset = dice.Below(dice.OneIn(2) ? 200 : 8_192);
                BinaryPrimitives.WriteUInt16BigEndian(
                    buffer[(HeaderStart + 6)..], (ushort)((dice.Below(8) << 13) | offset));
                return length;
            case 7:
                length = dice.Below(200);
                dice.Fill(buffer[..length]);
                return length;
            default:
                return length;
        }
    }

    private int InsertOptions(Span<byte> buffer, int length)
    {
        int words = dice.Between(1, 10);
        int at = HeaderStart + 20;
        buffer[at..length].CopyTo(buffer[(at + (4 * words))..]);
        Span<byte> options = buffer.Slice(at, 4 * words);
        dice.Fill(options);
        if (dice.OneIn(2))
        {
            options.Fill(1); // No operation, then record route.
            options[0] = 7;
            options[1] = (byte)(4 * words);
        }

        buffer[HeaderStart] = (byte)(0x45 + words);
        return length + (4 * words);
    }
}
