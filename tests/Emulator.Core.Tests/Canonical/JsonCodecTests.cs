using Emulator.Core.Canonical;
using Emulator.Core.Documents;
using FsCheck;
using FsCheck.Fluent;

namespace Emulator.Core.Tests.Canonical;

/// <summary>Random trees there and back. Expected: the tree, with its order and its numbers as written.</summary>
public sealed class JsonCodecTests
{
    private readonly CanonicalWriter _writer = new();

    [Fact]
    public void Gives_back_the_tree_with_its_order_and_its_numbers_as_written() => Check(seed =>
    {
        JsonValue value = new RandomJson(seed).Next();
        var reader = new CanonicalReader(Write(value));

        JsonValue read = JsonCodec.Read(reader);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(value, read);
        Assert.Equal(value.ToString(), read.ToString());
    });

    [Fact]
    public void Refuses_a_tree_that_is_cut_short_anywhere() => Check(seed =>
    {
        byte[] bytes = Write(new RandomJson(seed).Next());
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.Throws<FormatException>(() => JsonCodec.Read(new CanonicalReader(cut)));
        }
    });

    [Fact]
    public void Takes_changed_bytes_as_another_tree_or_refuses_them_and_throws_nothing_else() => Check(seed =>
    {
        var random = new RandomJson(seed);
        byte[] bytes = Write(random.Next());
        for (int i = 0; i < 20; i++)
        {
            bytes[random.Below((uint)bytes.Length)] = (byte)random.Below(256);
            try
            {
                Assert.NotNull(JsonCodec.Read(new CanonicalReader(bytes)));
            }
            catch (FormatException error)
            {
                Assert.StartsWith("Encoded message, byte ", error.Message, StringComparison.Ordinal);
            }
        }
    });

    [Fact]
    public void Refuses_a_name_that_comes_twice()
    {
        // An object of two members, both "a", each null.
        byte[] bytes = [6, 2, 0, 1, (byte)'a', 0, 1, 0];

        Assert.Throws<FormatException>(() => JsonCodec.Read(new CanonicalReader(bytes)));
    }

    private byte[] Write(JsonValue value)
    {
        _writer.Clear();
        JsonCodec.Write(_writer, value);
        return _writer.ToArray();
    }

    private static void Check(Action<ulong> property) =>
        Prop.ForAll<ulong>(property).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
}
