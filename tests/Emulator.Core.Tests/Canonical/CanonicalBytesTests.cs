using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Journal;
using FsCheck;
using FsCheck.Fluent;

namespace Emulator.Core.Tests.Canonical;

/// <summary>The parts that every encoded message is made of.</summary>
public sealed class CanonicalBytesTests
{
    private readonly CanonicalWriter _writer = new();

    // The Protocol Buffers documentation's own examples: 150 is 96 01; zig-zag turns -2 into 3 and 2147483647 into
    // 4294967294.
    [Fact]
    public void Writes_numbers_as_protocol_buffers_do()
    {
        _writer.Varint(150);
        _writer.Signed(-2);
        _writer.Signed(2147483647);

        Assert.Equal("960103FEFFFFFF0F", Convert.ToHexString(_writer.Written));
    }

    [Theory]
    [InlineData(ulong.MaxValue, 10)]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    public void Reads_the_ends_of_the_range_of_a_number(ulong value, int bytes)
    {
        _writer.Varint(value);

        Assert.Equal(bytes, _writer.Length);
        Assert.Equal(value, new CanonicalReader(_writer.ToArray()).Varint());
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF02")] // Above 64 bits.
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")] // Eleven bytes.
    [InlineData("8000")] // Zero, with a byte that it does not need.
    [InlineData("FF")] // No end.
    public void Refuses_a_number_that_nobody_writes(string hex) =>
        Assert.Throws<FormatException>(() => new CanonicalReader(Convert.FromHexString(hex)).Varint());

    [Fact]
    public void Gives_back_every_number_and_text() =>
        Prop.ForAll<long, ulong, NonNull<string>>((signed, word, text) =>
        {
            string valid = string.Concat(text.Get.Where(c => !char.IsSurrogate(c)));
            _writer.Clear();
            _writer.Signed(signed);
            _writer.Varint(word);
            _writer.Fixed64(word);
            _writer.String(valid);
            _writer.Name(valid);
            _writer.Name(valid);

            var reader = new CanonicalReader(_writer.ToArray());
            Assert.Equal(
                (signed, word, word, valid, valid, valid),
                (reader.Signed(), reader.Varint(), reader.Fixed64(), reader.String(), reader.Name(), reader.Name()));
            Assert.Equal(0, reader.Remaining);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Names_interfaces_once_a_batch_however_they_take_turns()
    {
        InterfaceName[] at = [.. Enumerable.Range(0, 4).Select(i => new InterfaceName("n", "node-1", $"eth{i}"))];
        int[] order = [0, 1, 0, 1, 2, 3, 2, 0, 3, 3, 1];
        foreach (int i in order)
        {
            _writer.Interface(at[i]);
        }

        var reader = new CanonicalReader(_writer.ToArray());
        InterfaceName[] read = [.. order.Select(_ => reader.Interface())];
        Assert.Equal(order.Select(i => at[i].Hash), read.Select(i => i.Hash));
        Assert.Equal(4, read.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Begins_a_batch_without_the_names_and_actors_of_the_one_before()
    {
        var actor = new ActorRef("pod/default/web-0", "uid", new MachineRef("node-1", "zone-a"));
        _writer.Actor(actor);
        byte[] first = _writer.ToArray();
        _writer.Clear();
        _writer.Actor(actor);

        Assert.Equal(first, _writer.ToArray());
    }

    [Fact]
    public void Reads_a_window_into_a_larger_array()
    {
        byte[] bytes = [9, 9, 1, 2, 3, 9];
        var reader = new CanonicalReader(bytes.AsMemory(2, 3));

        Assert.Equal([1, 2, 3], (byte[])[reader.Byte(), reader.Byte(), reader.Byte()]);
        Assert.Equal(
            "Encoded message, byte 3 of 3: 1 bytes are needed and 0 are left.",
            Assert.Throws<FormatException>(() => reader.Byte()).Message);
    }
}
