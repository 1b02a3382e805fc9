using System.Diagnostics;
using Emulator.Cluster.Canonical;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Bench;

/// <summary>
/// What it costs to send a frame to a shard in another process: the frame alone, and its event in batches of 512
/// between two actors.
/// </summary>
internal static class CodecBench
{
    private const int BatchLength = 512;
    private const int Rounds = 100;
    private const int Repeats = 200;

    /// <summary>A 64-byte UDP datagram's frame, alone and in a tunnel.</summary>
    public static void Run()
    {
        var datagram = new EthernetFrame(Mac(1), Mac(2), Packet(new FillerPayload(64), 9_000));
        Measure("64-byte UDP", datagram);
        Measure("64-byte UDP in VXLAN", new EthernetFrame(
            Mac(3), Mac(4), Packet(new VxlanPayload(1, datagram), 8_472)));
    }

    private static void Measure(string name, EthernetFrame frame)
    {
        var codec = new MessageCodec();
        var writer = new CanonicalWriter();
        byte[] frames = Frames(frame, codec, writer);
        Print($"codec, {name}", frames.Length, Time(() => Frames(frame, codec, writer)), Time(() =>
        {
            var reader = new CanonicalReader(frames);
            for (int i = 0; i < BatchLength; i++)
            {
                codec.Read(reader);
            }
        }));

        var actors = new TwoActors();
        ScheduledEvent[] events = Events(frame, actors);
        var header = new EventBatchHeader(1, 0, 1, 1_000);
        byte[] batch = EventBatchCodec.Encode(writer, header, events, codec);
        Print($"codec, {name}, as an event in a batch", batch.Length,
            Time(() => EventBatchCodec.Encode(writer, header, events, codec)),
            Time(() => EventBatchCodec.Decode(batch, codec, actors)));
    }

    private static byte[] Frames(EthernetFrame frame, MessageCodec codec, CanonicalWriter writer)
    {
        writer.Clear();
        for (int i = 0; i < BatchLength; i++)
        {
            codec.Write(writer, frame);
        }

        return writer.ToArray();
    }

    private static void Print(
        string name, int bytes, (double Time, double Bytes) encode, (double Time, double Bytes) decode) =>
        Console.WriteLine(
            $"{name}: encode {encode.Time:F1} ns, decode {decode.Time:F1} ns, {(double)bytes / BatchLength:F1} bytes "
            + $"each; allocated {encode.Bytes:F1} and {decode.Bytes:F1} bytes each");

    // The least of many short ones: others share the machine.
    private static (double Nanoseconds, double Bytes) Time(Action once)
    {
        double best = double.MaxValue;
        double bytes = 0;
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < Rounds; i++)
            {
                once();
            }

            double count = (double)Rounds * BatchLength;
            best = Math.Min(best, watch.Elapsed.TotalNanoseconds / count);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
        }

        return (best, bytes);
    }

    private static ScheduledEvent[] Events(EthernetFrame frame, TwoActors actors)
    {
        var events = new ScheduledEvent[BatchLength];
        for (int i = 0; i < events.Length; i++)
        {
            events[i] = new ScheduledEvent
            {
                Time = 1_000_000_000 + (i * 1_000L), Sequence = 100_000 + (ulong)i, Port = 3, Message = frame,
                Sender = actors.From, SenderId = actors.From.Id.Value, To = actors.To,
            };
        }

        return events;
    }

    private static MacAddress Mac(int last) => new(0x0A58_0AF4_0100UL + (uint)last);

    private static IPv4Packet Packet(Payload data, ushort port) => new()
    {
        Identity = new PacketIdentity(0x0123_4567_89AB_CDEF, 77, false),
        Source = IPv4Address.From(10, 244, 1, 5),
        Destination = IPv4Address.From(10, 244, 2, 7),
        Payload = new UdpDatagram(40_000, port, data),
    };

    private sealed class TwoActors : IActorDirectory
    {
        public ActorRef From { get; } = new("switch/zone-a", "", new MachineRef("switch-a", "zone-a"));

        public ActorRef To { get; } = new("switch/zone-b", "", new MachineRef("switch-b", "zone-b"));

        public ActorRef Resolve(string machine, string name, string incarnation) =>
            machine == From.Machine.Name ? From : To;
    }
}
