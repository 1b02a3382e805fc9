using System.Numerics;
using System.Runtime.CompilerServices;

namespace Emulator.Core.Randomness;

/// <summary>Hashes that are the same on every machine, in every process and version of .NET.</summary>
public static class StableHash
{
    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Prime2 = 0xC2B2_AE3D_27D4_EB4F;

    /// <summary>Mixes two 64-bit words into one (a multiply to 128 bits, folded, as in wyhash).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Combine(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left ^ Prime1, BitOperations.RotateLeft(right, 29) ^ Prime2, out ulong low);
        return high ^ low;
    }

    /// <summary>The hash of a text's UTF-16 code units.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        ulong hash = (ulong)text.Length;
        foreach (char c in text)
        {
            hash = Combine(hash, c);
        }

        return Finish(hash);
    }

    /// <summary>The hash of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        foreach (byte b in bytes)
        {
            hash = Combine(hash, b);
        }

        return Finish(hash);
    }

    /// <summary>Spreads every bit of a word over the whole word (the finaliser of SplitMix64).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58_476D_1CE4_E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D0_49BB_1331_11EB;
        return hash ^ (hash >> 31);
    }
}
