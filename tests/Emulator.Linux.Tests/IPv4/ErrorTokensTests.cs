using Emulator.Core.Addresses;
using Emulator.Linux.IPv4;

namespace Emulator.Linux.Tests.IPv4;

/// <summary>
/// How many ICMP errors one destination gets. Expected values: what a real Linux kernel (6.18) answered to probes with
/// icmp_ratelimit = 1000, from a full bucket: 20 back to back, then ten a second.
/// </summary>
public sealed class ErrorTokensTests
{
    private const long Second = 1_000_000_000;
    private const long Tenth = Second / 10;
    private static readonly IPv4Address Sender = IPv4Address.Parse("10.244.1.2");
    private readonly ErrorTokens _tokens = new();

    [Fact]
    public void Answers_two_of_twenty_packets_for_an_unreachable_route()
    {
        Assert.Equal("11000000000000000000", Burst(AnswersRoute));
    }

    [Fact]
    public void Answers_an_unreachable_route_twice_and_never_again_at_ten_packets_a_second()
    {
        Assert.Equal([0, 1], AtTenASecond(AnswersRoute, 0, 100));
    }

    [Fact]
    public void Answers_six_of_twenty_packets_whose_TTL_expired_and_then_one_each_second()
    {
        Assert.Equal("11111100000000000000", Burst(AnswersExpiry));
        Assert.Equal([10, 20, 30, 40, 50], AtTenASecond(AnswersExpiry, 0, 60));
    }

    [Fact]
    public void Shares_one_bucket_between_both_limits()
    {
        Burst(AnswersExpiry);

        Assert.Equal("00000000000000000000", Burst(AnswersRoute));
    }

    [Fact]
    public void Keeps_a_bucket_for_each_destination()
    {
        Burst(AnswersExpiry);

        Assert.True(_tokens.TryTake(IPv4Address.Parse("10.244.1.3"), Second, 0));
    }

    [Fact]
    public void Answers_everything_without_a_limit_and_leaves_the_bucket_empty()
    {
        Assert.True(_tokens.TryTake(Sender, 0, 0));
        Assert.True(_tokens.TryTake(Sender, 0, 1));
        Assert.False(_tokens.TryTake(Sender, Second, Second));
        Assert.True(_tokens.TryTake(Sender, Second, Second + 1));
    }

    private bool AnswersExpiry(long now) => _tokens.TryTake(Sender, Second, now);

    private bool AnswersRoute(long now) =>
        _tokens.TryTakeForRoute(Sender, now) && _tokens.TryTake(Sender, Second, now);

    private static string Burst(Func<long, bool> answers) =>
        string.Concat(Enumerable.Range(0, 20).Select(_ => answers(0) ? '1' : '0'));

    // The numbers of the probes that were answered.
    private static int[] AtTenASecond(Func<long, bool> answers, int first, int count) =>
        [.. Enumerable.Range(first, count).Where(i => answers(i * Tenth))];
}
