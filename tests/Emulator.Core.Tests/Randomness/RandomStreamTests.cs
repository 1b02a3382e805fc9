using Emulator.Core.Actors;
using Emulator.Core.Randomness;

namespace Emulator.Core.Tests.Randomness;

public class RandomStreamTests
{
    private static readonly ActorId Actor = new(42);

    [Fact]
    public void One_seed_actor_and_purpose_give_one_stream()
    {
        RandomStream first = RandomStream.For(1, Actor, "loss");
        RandomStream second = RandomStream.For(1, Actor, "loss");

        Assert.Equal(Take(ref first, 100), Take(ref second, 100));
    }

    [Fact]
    public void Another_seed_actor_or_purpose_gives_another_stream()
    {
        RandomStream[] streams =
        [
            RandomStream.For(1, Actor, "loss"),
            RandomStream.For(2, Actor, "loss"),
            RandomStream.For(1, new ActorId(43), "loss"),
            RandomStream.For(1, Actor, "jitter"),
        ];

        Assert.Equal(4, streams.Select(stream => stream.NextUInt64()).Distinct().Count());
    }

    // Six equally likely faces, 60,000 throws: 10,000 each, standard deviation 91; five of them to either side.
    [Fact]
    public void Throws_every_face_of_a_die_equally_often()
    {
        RandomStream stream = RandomStream.For(1, Actor, "die");
        int[] faces = new int[6];
        for (int i = 0; i < 60_000; i++)
        {
            faces[stream.NextBelow(6)]++;
        }

        Assert.All(faces, count => Assert.InRange(count, 9_545, 10_455));
    }

    [Fact]
    public void A_bound_of_one_gives_zero_and_of_zero_is_refused()
    {
        RandomStream stream = RandomStream.For(1, Actor, "bound");

        Assert.Equal(0u, stream.NextBelow(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomStream.For(1, Actor, "bound").NextBelow(0));
    }

    [Fact]
    public void Never_and_always_are_exact()
    {
        RandomStream stream = RandomStream.For(1, Actor, "chance");
        for (int i = 0; i < 1_000; i++)
        {
            Assert.False(stream.Chance(Ratio.Zero));
            Assert.True(stream.Chance(Ratio.One));
            Assert.False(stream.Chance(default));
        }
    }

    private static ulong[] Take(ref RandomStream stream, int count)
    {
        ulong[] drawn = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            drawn[i] = stream.NextUInt64();
        }

        return drawn;
    }
}
