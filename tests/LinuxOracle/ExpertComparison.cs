using System.Buffers;
using Emulator.Client.Tests.Lab;
using Emulator.Core.Packets;
using Emulator.Engine.Tests.Telemetry;
using Emulator.LinuxOracle.Tests.Emulated;
using Emulator.LinuxOracle.Tests.Kernel;
using Emulator.LinuxOracle.Tests.Scenarios;

namespace Emulator.LinuxOracle.Tests;

/// <summary>What Wireshark's experts say of the TCP scenarios in both worlds' captures.</summary>
internal static class ExpertComparison
{
    // Scenarios follow each other in the file, so far apart that none touches the next.
    private const long Apart = 100_000_000_000;

    /// <summary>How often each remark is made about what passes a host's eth0: the real kernel's, then ours.</summary>
    public static (IReadOnlyList<string> Kernel, IReadOnlyList<string> Model) Remarks(OracleWorlds worlds, string host)
    {
        List<SeenFrame[]> kernel = [];
        List<SeenFrame[]> model = [];
        foreach (OracleScenario scenario in TcpScenarios.All)
        {
            EmulatedSight sight = EmulatedWorld.Make(worlds.Mode, scenario);
            model.Add([.. sight.Sight.Frames]);
            kernel.Add([.. worlds.Kernel.Make(scenario, sight.Yields).Frames]);
        }

        return (RemarksOf(kernel, host), RemarksOf(model, host));
    }

    // One line: severities and messages of a frame. Whether what comes again counts as a retransmission, a fast or a
    // needless one, or as out of order, Wireshark decides by the milliseconds in between.
    private static IEnumerable<string> RemarksOf(string line)
    {
        string[] halves = line.Split('\t');
        return halves[0].Split(';').Zip(halves[1].Split(';'), (severity, message) =>
            message.Contains("retransmission", StringComparison.Ordinal)
            || message.Contains("out-of-order", StringComparison.Ordinal)
                ? "sent again" : $"{severity} {message}").Distinct();
    }

    private static string[] RemarksOf(List<SeenFrame[]> scenarios, string host)
    {
        var bytes = new ArrayBufferWriter<byte>();
        PcapngEncoder.WriteSection(bytes, "oracle");
        SeenFrame[][] seen =
        [
            .. scenarios.Select(s => s.Where(f => FrameText.HostOf(f) == host && f.Interface.Name == "eth0").ToArray()),
        ];
        PcapngEncoder.WriteInterface(bytes, "eth0", seen.First(s => s.Length > 0)[0].Interface);
        for (int i = 0; i < seen.Length; i++)
        {
            foreach (SeenFrame frame in seen[i])
            {
                long time = ((i + 1) * Apart) + frame.Time - seen[i][0].Time;
                PcapngEncoder.WriteFrame(bytes, 0, time, frame.Direction, frame.Frame);
            }
        }

        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes.WrittenSpan);
            return
            [
                .. TsharkFactAttribute.Run(
                        file, "-T", "fields", "-E", "aggregator=;", "-e", "_ws.expert.severity",
                        "-e", "_ws.expert.message", "-Y", "_ws.expert")
                    .SelectMany(RemarksOf).CountBy(r => r).Select(c => $"{c.Value} times {c.Key}")
                    .Order(StringComparer.Ordinal),
            ];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
