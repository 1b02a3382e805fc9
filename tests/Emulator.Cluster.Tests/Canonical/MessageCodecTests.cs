using Emulator.Cluster.Canonical;
using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;
using Emulator.Core.Tests.Canonical;
using Emulator.Kubernetes.ApiServer.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace Emulator.Cluster.Tests.Canonical;

/// <summary>
/// Each message is written, read and written again: the second bytes are the first, and every property that a record
/// prints is the same.
/// </summary>
public sealed class MessageCodecTests
{
    private static readonly MessageCodec Codec = new();

    public static TheoryData<string> Names => [.. SampleMessages.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_is_what_it_was_after_writing_and_reading(string name)
    {
        Message message = SampleMessages.All[name];
        byte[] bytes = Encode(message);

        Message read = Decode(bytes);

        Assert.Equal(message.GetType(), read.GetType());
        Assert.Equal(FieldText.Of(message), FieldText.Of(read));
        Assert.Equal(bytes, Encode(read));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_that_is_cut_off_anywhere_is_malformed(string name)
    {
        byte[] bytes = Encode(SampleMessages.All[name]);
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.Throws<FormatException>(() => Decode(cut));
        }
    }

    [Fact]
    public void Changed_bytes_are_another_message_or_malformed_and_nothing_else()
    {
        byte[][] all = [.. SampleMessages.All.Values.Select(Encode)];
        Prop.ForAll<uint, uint, byte>((which, where, what) =>
        {
            byte[] bytes = [.. all[which % all.Length]];
            bytes[where % bytes.Length] ^= (byte)(what | 1);
            Message read;
            try
            {
                read = Decode(bytes);
            }
            catch (FormatException malformed)
            {
                Assert.NotEmpty(malformed.Message);
                return;
            }

            byte[] again = Encode(read);
            Assert.Equal(again, Encode(Decode(again)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void An_event_that_a_thousand_clients_hear_is_written_once_and_is_one_object_again()
    {
        var events = (WatchEvents)SampleMessages.All["watch events"];
        var writer = new CanonicalWriter();
        Codec.Write(writer, events);
        int first = writer.Length;
        Codec.Write(writer, events with { Sequence = 8 });
        var reader = new CanonicalReader(writer.ToArray(), SampleMessages.Directory);

        var one = (WatchEvents)Codec.Read(reader);
        var other = (WatchEvents)Codec.Read(reader);

        Assert.Same(one.Batches[0].Events, other.Batches[0].Events);
        Assert.InRange(writer.Length - first, 1, 24); // The session, a number, and references.
    }

    [Fact]
    public void Fragments_of_one_packet_share_it_again()
    {
        var frame = (EthernetFrame)SampleMessages.All["fragment"];
        var writer = new CanonicalWriter();
        Codec.Write(writer, frame);
        Codec.Write(writer, frame);
        var reader = new CanonicalReader(writer.ToArray(), SampleMessages.Directory);

        Assert.Same(Whole(Codec.Read(reader)), Whole(Codec.Read(reader)));
    }

    [Fact]
    public void A_message_that_never_leaves_its_machine_is_refused_by_name()
    {
        NotSupportedException refused =
            Assert.Throws<NotSupportedException>(() => Encode(new TimerMessage(1, 2)));

        Assert.Equal("TimerMessage never leaves its machine.", refused.Message);
    }

    private static object Whole(Message frame) =>
        ((FragmentPayload)((IPv4Packet)((EthernetFrame)frame).Payload).Payload).Whole;

    private static byte[] Encode(Message message)
    {
        var writer = new CanonicalWriter();
        Codec.Write(writer, message);
        return writer.ToArray();
    }

    private static Message Decode(byte[] bytes)
    {
        var reader = new CanonicalReader(bytes, SampleMessages.Directory);
        Message message = Codec.Read(reader);
        return reader.Remaining == 0 ? message : throw new FormatException($"{reader.Remaining} bytes are left.");
    }
}
