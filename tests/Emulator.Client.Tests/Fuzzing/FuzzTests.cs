using Emulator.Client.Fuzzing;
using Emulator.Client.Fuzzing.Frames;
using Emulator.Core.Documents;
using Emulator.Core.Packets;

namespace Emulator.Client.Tests.Fuzzing;

/// <summary>A small run of <c>emulator fuzz</c>, always the same one. Expected: no exception, no packet without an end,
/// one digest on 1 and 4 shards (ARCHITECTURE.md, invariants 3 and 5).</summary>
public sealed class FuzzTests
{
    [Fact]
    public void Random_frames_rules_and_networks_break_nothing()
    {
        CommandRun run = CommandRun.Of(
            "fuzz", "--seed", "1", "--frames", "24K", "--frames-per-case", "1200", "--shards", "1,4", "--threads", "2",
            "-o", "json");

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(20, run.Json["cases"]!.AsInt64); // It is there.
        Assert.Empty(((JsonArray)run.Json["failed"]!).Elements); // As above.
        Assert.True(run.Json["framesSent"]!.AsInt64 >= 24_000, run.Out);
    }

    [Fact]
    public void A_case_is_the_same_each_time()
    {
        CaseFigures one = new CaseRun(42, 300, 1, null).Run();
        CaseFigures again = new CaseRun(42, 300, 2, new DetailReader()).Run();

        Assert.Null(one.Problem);
        Assert.Equal(
            (one.Digest, one.Injected, one.Hops, one.Events), (again.Digest, again.Injected, again.Hops, again.Events));
        Assert.NotEqual(one.Digest, new CaseRun(43, 300, 1, null).Run().Digest);
    }

    [Fact]
    public void Repairs_what_it_damaged_so_that_the_damage_gets_past_the_checksums()
    {
        byte[] bytes = new byte[14 + 20 + 8 + 3];
        PacketEncoder.Encode(
            new EthernetFrame(new(1), new(2), new IPv4Packet
            {
                Identity = default, Source = new(0x0A00_0001), Destination = new(0x0A00_0002),
                Payload = new UdpDatagram(40_000, 53, Payload.FromText("abc")),
            }),
            bytes);
        bytes[14 + 20] ^= 1; // The source port.
        Assert.False(PacketDecoder.TryDecode(bytes, default, out EthernetFrame? _, out DecodeError error));
        Assert.Equal(DecodeError.Checksum, error);

        ChecksumRepair.RepairFrame(bytes);

        Assert.True(PacketDecoder.TryDecode(bytes, default, out EthernetFrame? frame, out _));
        Assert.Equal(0x9C40 ^ 0x0100, ((UdpDatagram)((IPv4Packet)frame!.Payload).Payload).SourcePort); // Taken above.
    }
}
