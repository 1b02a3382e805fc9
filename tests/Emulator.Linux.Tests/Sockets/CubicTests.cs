using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>Against RFC 9438: W(t) = C (t - K)^3 + Wmax with C = 0.4, K = cbrt(Wmax (1 - beta) / C), beta =
/// 0.7.</summary>
public class CubicTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(8, 2)]
    [InlineData(26, 2)]
    [InlineData(27, 3)]
    [InlineData(999_999_999_999, 9_999)]
    [InlineData(1_000_000_000_000, 10_000)]
    [InlineData(ulong.MaxValue, 2_642_245)]
    public void The_cube_root_is_the_whole_part(ulong value, ulong root) => Assert.Equal(root, Cubic.CubeRoot(value));

    // 717/1024 of 100, but never below two segments.
    [Fact]
    public void A_loss_takes_three_tenths()
    {
        Assert.Equal(70, new Cubic().Reduce(100));
        Assert.Equal(2, new Cubic().Reduce(2));
    }

    // Wmax 1,000, from 700: K = cbrt(300 / 0.4) = 9.086 s. Round trips of 100 ms. At 2, 4, ... s the function is at
    // 857.7, 947.3, 988.2, 999.5, 1000.3, 1009.9, 1047.4 (with the least round trip that Linux adds to t).
    [Fact]
    public void The_window_follows_the_cubic_function_after_a_loss()
    {
        int[] windows = Grow(new Cubic(), 1_000, roundTripMilliseconds: 100, seconds: 14);

        int[] expected = [857, 947, 988, 999, 1_000, 1_010, 1_047];
        for (int i = 0; i < expected.Length; i++)
        {
            // Growth is spread over the acknowledgments of a round trip, so the window is up to one of them behind.
            Assert.InRange(windows[i], expected[i] - (expected[i] / 100) - 1, expected[i] + 1);
        }
    }

    // Where NewReno would be faster, its rate: 3 (1 - beta) / (1 + beta) = 0.529 a round trip. From 14 with round trips
    // of 10 ms, for 2 s: 14 + 106; with Linux' whole numbers (15 eighths a window): 1 / 1.875 = 0.533, 14 + 107.
    [Fact]
    public void The_window_is_never_slower_than_NewReno_with_the_same_reduction()
    {
        int[] windows = Grow(new Cubic(), 20, roundTripMilliseconds: 10, seconds: 2);

        Assert.InRange(windows[0], 107, 121);
    }

    // Round trips that grow by more than an eighth, at least 4 ms, end slow start after eight samples of a round.
    [Fact]
    public void Slow_start_ends_when_round_trips_grow()
    {
        var cubic = new Cubic();
        var control = new CongestionControl(cubic) { Window = 20 };
        SampleRound(cubic, control, roundTripMilliseconds: 40, start: 1_000_000_000, unacknowledged: 1);
        Assert.Equal(int.MaxValue, control.Threshold);

        SampleRound(cubic, control, roundTripMilliseconds: 44, start: 2_000_000_000, unacknowledged: 100_000);
        Assert.Equal(int.MaxValue, control.Threshold);

        SampleRound(cubic, control, roundTripMilliseconds: 46, start: 3_000_000_000, unacknowledged: 200_000);
        Assert.Equal(20, control.Threshold);
    }

    [Fact]
    public void NewReno_halves_and_adds_one_segment_a_round_trip()
    {
        var control = new CongestionControl(new NewReno()) { Threshold = 10, Window = 10 };
        Assert.Equal(5, control.Algorithm.Reduce(10));

        control.Algorithm.Grow(control, 9, default);
        Assert.Equal(10, control.Window);
        control.Algorithm.Grow(control, 1, default);
        Assert.Equal(11, control.Window);
    }

    // The window at the end of every second second (or of the only one), all of it acknowledged each round trip in
    // pairs.
    private static int[] Grow(Cubic cubic, int windowAtLoss, int roundTripMilliseconds, int seconds)
    {
        var control = new CongestionControl(cubic);
        int window = cubic.Reduce(windowAtLoss);
        control.Threshold = window;
        control.Window = window;
        var windows = new List<int>();
        long nanoseconds = 1_000_000_000;
        for (int round = 1; round <= seconds * 1_000 / roundTripMilliseconds; round++)
        {
            int pairs = control.Window / 2;
            for (int i = 0; i < pairs; i++)
            {
                long at = nanoseconds + (roundTripMilliseconds * 1_000_000L * i / pairs);
                cubic.Grow(control, 2, new SimTime(at));
            }

            nanoseconds += roundTripMilliseconds * 1_000_000L;
            if (round * roundTripMilliseconds % 2_000 == 0)
            {
                windows.Add(control.Window);
            }
        }

        return [.. windows];
    }

    private static void SampleRound(
        Cubic cubic, CongestionControl control, int roundTripMilliseconds, long start, uint unacknowledged)
    {
        for (int i = 0; i < 10; i++)
        {
            // 3 ms apart: no train.
            cubic.Measured(control, new RoundTripSample(
                SimDuration.FromMilliseconds(roundTripMilliseconds), new SimTime(start + (i * 3_000_000)),
                unacknowledged + (uint)i, unacknowledged + 50_000, SimDuration.FromMilliseconds(40), 1_448));
        }
    }
}
