using Emulator.Core.Addresses;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;
using Emulator.Core.Tests.Packets;
using FsCheck;
using FsCheck.Fluent;
using IPv4Address = Emulator.Core.Addresses.IPv4Address;

namespace Emulator.Core.Tests.Canonical;

/// <summary>Random frames there and back. Expected: what was written, field by field.</summary>
public sealed class FrameCodecTests
{
    private readonly CanonicalWriter _writer = new();

    [Fact]
    public void Gives_back_every_field_of_every_frame() => Check(seed =>
    {
        EthernetFrame frame = new RandomFrames(seed).Next();

        Assert.Equal(FieldText.Of(frame), FieldText.Of(Read(Write(frame))));
    });

    [Fact]
    public void Refuses_a_frame_that_is_cut_short_anywhere() => Check(seed =>
    {
        byte[] bytes = Write(new RandomFrames(seed).Next());

        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.Throws<FormatException>(() => Read(cut));
        }
    });

    [Fact]
    public void Takes_changed_bytes_as_another_frame_or_refuses_them_and_throws_nothing_else() => Check(seed =>
    {
        var random = new RandomFrames(seed);
        byte[] bytes = Write(random.Next());
        for (int i = 0; i < 20; i++)
        {
            bytes[random.Below((uint)bytes.Length)] = (byte)random.Below(256);
            try
            {
                Assert.NotNull(FrameCodec.ReadFrame(new CanonicalReader(bytes)).Payload);
            }
            catch (FormatException error)
            {
                Assert.StartsWith("Encoded message, byte ", error.Message, StringComparison.Ordinal);
            }
        }
    });

    [Fact]
    public void Keeps_who_a_packet_is_and_that_fillers_are_not_stored()
    {
        var identity = new PacketIdentity(ulong.MaxValue, 7, true);
        byte[] bytes = Write(new EthernetFrame(new MacAddress(0xFFFF_0000_0001), MacAddress.Broadcast, new IPv4Packet
        {
            Identity = identity,
            Source = IPv4Address.Broadcast,
            Destination = IPv4Address.Loopback,
            Payload = new UdpDatagram(1, 2, new FillerPayload(60_000)),
        }));

        EthernetFrame read = Read(bytes);
        Assert.Equal(new MacAddress(0xFFFF_0000_0001), read.Source);
        Assert.Equal(identity, read.Payload.Identity);
        var datagram = (UdpDatagram)((IPv4Packet)read.Payload).Payload;
        Assert.Equal(60_000, Assert.IsType<FillerPayload>(datagram.Data).ByteCount);
        // Two addresses of 6, kind and identity of 18, header of 15, UDP of 6, and a filler's kind and length.
        Assert.Equal(12 + 18 + 15 + 6 + 4, bytes.Length);
    }

    [Fact]
    public void Refuses_tunnels_nested_without_end()
    {
        // Each level: two addresses, an IPv4 packet with its identity, UDP's ports, and a VXLAN payload with the next.
        byte[] level = [.. new byte[12], 1, .. new byte[17], .. new byte[15], .. new byte[6], 2, 1];
        byte[] bytes = [.. Enumerable.Repeat(level, 10_000).SelectMany(b => b)];

        var error = Assert.Throws<FormatException>(() => FrameCodec.ReadFrame(new CanonicalReader(bytes)));
        Assert.Contains("more than 256 things lie in each other", error.Message, StringComparison.Ordinal);
    }

    private static EthernetFrame Read(byte[] bytes)
    {
        var reader = new CanonicalReader(bytes);
        EthernetFrame read = FrameCodec.ReadFrame(reader);
        return reader.Remaining == 0 ? read : throw reader.Malformed($"{reader.Remaining} bytes are left");
    }

    private byte[] Write(EthernetFrame frame)
    {
        _writer.Clear();
        FrameCodec.Write(_writer, frame);
        return _writer.ToArray();
    }

    private static void Check(Action<ulong> property) =>
        Prop.ForAll<ulong>(property).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
