using Emulator.Core.Randomness;

namespace Emulator.Core.Tests.Randomness;

public class StableHashTests
{
    // The finaliser of SplitMix64 on its first two states from seed 0, as the reference implementation
    // (Vigna, splitmix64.c) puts them out.
    [Theory]
    [InlineData(0x9E37_79B9_7F4A_7C15UL, 0xE220_A839_7B1D_CDAFUL)]
    [InlineData(0x3C6E_F372_FE94_F82AUL, 0x6E78_9E6A_A1B9_65F4UL)]
    public void Finishes_as_SplitMix64_does(ulong state, ulong expected) =>
        Assert.Equal(expected, StableHash.Finish(state));

    [Fact]
    public void Texts_bytes_and_orders_that_differ_hash_differently()
    {
        HashSet<ulong> hashes = [];
        for (int i = 0; i < 10_000; i++)
        {
            hashes.Add(StableHash.Of($"pod/default/web-{i}"));
        }

        Assert.Equal(10_000, hashes.Count);
        Assert.NotEqual(StableHash.Combine(1, 2), StableHash.Combine(2, 1));
        Assert.NotEqual(StableHash.Of("a\0"), StableHash.Of("a"));
        Assert.NotEqual(StableHash.Of((ReadOnlySpan<byte>)[1, 0]), StableHash.Of((ReadOnlySpan<byte>)[1]));
    }

    // Ids in logs and digests must mean the same next year: another figure is another format. The value was computed
    // from
    // the definition with arbitrary-precision integers in another language.
    [Fact]
    public void The_hash_of_a_text_never_changes() => Assert.Equal(0x23B1_DC8C_0C99_B3EDUL, StableHash.Of("node-1"));
}
