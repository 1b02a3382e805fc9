using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;
using Emulator.Underlay;
using Xunit.Abstractions;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>TCP over a link of 100 Mbit/s, 20 ms one way and 1 % loss each way, against a real kernel (6.18) over the
/// same link, made of a user-space relay between TAP devices: bench/tcp-link. Seeds are fixed: what changes here is
/// the model.</summary>
public class TcpLinkTests(ITestOutputHelper output)
{
    private static readonly WireOptions Options = new()
    {
        LatencyNanoseconds = 20_000_000,
        RateBitsPerSecond = 100_000_000,
        Loss = new Ratio(1, 100),
    };

    // The kernel: 20 runs of 60 s each, mean 3.225 Mbit/s (least 2.99, most 3.71, standard deviation 0.20) for cubic
    // and 3.472 (3.27 to 3.90, 0.16) for reno.
    [Theory]
    [InlineData(CongestionKind.Cubic, 3_225)]
    [InlineData(CongestionKind.Reno, 3_472)]
    public void Carries_what_a_real_kernel_carries_within_five_percent(CongestionKind kind, long kernelKbit)
    {
        long bytes = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            long acknowledged = Transfer(seed, kind, long.MaxValue, SimDuration.FromSeconds(60)).Bytes;
            output.WriteLine($"{kind} {seed}: {acknowledged * 8 / 60_000} kbit/s");
            bytes += acknowledged;
        }

        long kbit = bytes * 8 / 60_000 / 20;
        output.WriteLine($"{kind}: mean {kbit} kbit/s, kernel {kernelKbit}");
        Assert.InRange(kbit, kernelKbit * 95 / 100, kernelKbit * 105 / 100);
    }

    // The kernel: 20 runs of 10 MB, mean 23.60 s (16.1 to 29.5, standard deviation 2.99).
    [Fact]
    public void Completes_ten_megabytes_in_the_time_of_a_real_kernel_within_six_percent()
    {
        long milliseconds = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            SimDuration took = Transfer(seed, CongestionKind.Cubic, 10_000_000, SimDuration.FromSeconds(300)).Took;
            output.WriteLine($"{seed}: {took.Nanoseconds / 1_000_000} ms");
            milliseconds += took.Nanoseconds / 1_000_000 / 20;
        }

        output.WriteLine($"mean {milliseconds} ms");
        Assert.InRange(milliseconds, 23_603 * 94 / 100, 23_603 * 106 / 100);
    }

    private static (long Bytes, SimDuration Took) Transfer(
        ulong seed, CongestionKind kind, long bytes, SimDuration most)
    {
        var world = new TwoHosts(1500, seed);
        world.Client.Congestion = kind;
        world.Wires = (new Wire(world.Client.Self, world.Server.Self, 1, Options),
            new Wire(world.Server.Self, world.Client.Self, 1, Options));
        long given = 0;
        long received = 0;
        SimTime end = default;
        void Fill(TcpConnection c, Outbox o)
        {
            while (given < bytes && c.Send(new FillerPayload((int)Math.Min(65_536, bytes - given)), o))
            {
                given += Math.Min(65_536, bytes - given);
            }

            if (given == bytes)
            {
                c.CloseSending(o);
            }
        }

        var server = new RecordingHandler
        {
            KeepsBytes = false,
            Received = (_, data, _) => received += data.Length,
            PeerClosed = (_, o) => end = o.Now,
        };
        var client = new RecordingHandler { Connected = Fill, Writable = Fill };
        Assert.True(world.Server.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, 5001), server, out _, out _));
        var to = new Endpoint(world.Server.Address, 5001);
        Assert.True(world.Client.Sockets.TryConnectTcp(to, 1, client, world.Outbox, out _, out _));
        SimTime start = world.Now;
        for (int second = 0; second < most.Nanoseconds / 1_000_000_000 && end == default; second++)
        {
            world.RunFor(SimDuration.FromSeconds(1));
            world.Outbox.Journal.Clear();
        }

        return (received, end - start);
    }
}
